// Test tool: runs in the page before everything else; gives the preload script the electron module it requires.
window.taplineStandInStart = (preload) => {
  if (window !== window.top) return;
  const listeners = new Map();
  const send = window.taplineStandIn;

  window.taplineStandInReceive = (channel, args) => {
    for (const listener of [...(listeners.get(channel) ?? [])]) listener({ sender: null }, ...args);
  };
  const electron = {
    ipcRenderer: {
      invoke: (channel, ...args) => send("invoke", channel, args),
      send: (channel, ...args) => void send("send", channel, args),
      on(channel, listener) {
        if (!listeners.has(channel)) listeners.set(channel, new Set());
        listeners.get(channel).add(listener);
      },
      removeListener: (channel, listener) => listeners.get(channel)?.delete(listener),
    },
    contextBridge: {
      exposeInMainWorld(name, api) {
        Object.defineProperty(window, name, { value: Object.freeze(api), enumerable: true });
      },
    },
    // A test gives the File it drops a path.
    webUtils: { getPathForFile: (file) => file.standInPath ?? "" },
  };
  preload((name) => {
    if (name !== "electron") throw new Error(`a sandboxed preload cannot load ${name}`);
    return electron;
  });
};
