import { createRoot } from "react-dom/client";
import { App } from "./App.tsx";
import { useSession } from "./state/session.ts";
import { start } from "./state/start.ts";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/window.css";
import "./styles/panes.css";
import "./styles/dialogs.css";
import { connect } from "./transport/connect.ts";

const root = document.getElementById("root");
if (!root) throw new Error("The page has no element #root.");
createRoot(root).render(<App />);

connect().then(start, (error: unknown) => {
  useSession.setState({ connection: "lost" });
  console.error("The engine cannot be reached.", error);
});
