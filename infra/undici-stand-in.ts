/**
 * Stands in for `undici` in bundles. The Kubernetes client brings it for connections of its own, and none is made:
 * requests go out by `src/gateways/wires.ts`. It is a third of a bundle that speaks Kubernetes.
 */
class NotBundled {
  constructor() {
    throw new Error('undici is not bundled: requests to Kubernetes go out by the wires that were given');
  }
}

export const fetch = (): never => {
  throw new NotBundled();
};
export { NotBundled as Agent, NotBundled as ProxyAgent };
