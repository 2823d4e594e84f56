import type { EventName, Events, Method, ParamsIn, Results } from "../../engine/api.ts";
import { type DesktopBridge, RequestError, type Transport } from "./types.ts";

/** The engine behind the desktop's preload script. */
export function bridgeTransport(bridge: DesktopBridge): Transport {
  return {
    async call<M extends Method>(method: M, params: ParamsIn<M>): Promise<Results[M]> {
      const answer = await bridge.call(method, params);
      if ("error" in answer) throw new RequestError(answer.error);
      return answer.result as Results[M];
    },
    on<E extends EventName>(event: E, listener: (data: Events[E]) => void): () => void {
      return bridge.on(event, (data) => listener(data as Events[E]));
    },
    onConnection(listener) {
      listener("open");
      return () => {};
    },
  };
}
