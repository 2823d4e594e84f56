import { RotateCcw } from "lucide-react";
import { Component, type ErrorInfo, type ReactNode } from "react";

interface Props {
  name: string;
  children: ReactNode;
}

interface State {
  error: Error | null;
}

/** Keeps an error inside its pane: the pane says so and can be started again, the others go on. */
export class PaneBoundary extends Component<Props, State> {
  override state: State = { error: null };

  static getDerivedStateFromError(error: unknown): State {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override componentDidCatch(error: unknown, info: ErrorInfo): void {
    console.error(`The pane “${this.props.name}” failed.`, error, info.componentStack);
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <div className="pane-broken" role="alert">
        <strong>{this.props.name} cannot be shown</strong>
        <p>{error.message}</p>
        <p className="dim">The capture and the other panes are not affected.</p>
        <button type="button" className="button" onClick={() => this.setState({ error: null })}>
          <RotateCcw size={13} /> Start this pane again
        </button>
      </div>
    );
  }
}
