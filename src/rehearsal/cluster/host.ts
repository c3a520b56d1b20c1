import type { Cancel, Kernel } from '../kernel/kernel.ts';
import type { Latencies } from '../kernel/latencies.ts';

// biome-ignore lint/suspicious/noExplicitAny: Kubernetes objects are open; each controller knows its own kinds
export type KubeObject = any;

/**
 * What a cluster has around it: its region's clock, registry, volumes, capacity and identities. The simulated
 * EKS gives one of these; the cluster itself knows nothing of AWS beyond it.
 */
export type ClusterHost = {
  name: string;
  region: string;
  kernel: Kernel;
  latencies: Latencies;
  /** Kubernetes version such as v1.35.4. */
  version: string;
  /** Auto Mode: nodes come by themselves, load balancing and storage are built in. */
  autoMode: boolean;
  /** Acts after `delayMs`, unless the cluster's region is down by then. */
  schedule(delayMs: number, act: () => void): Cancel;
  /** Whether the cluster's region is up now. */
  up(): boolean;
  /** Undefined when the image can be pulled from here now; otherwise the kubelet's message. */
  imageProblem(image: string): string | undefined;
  /** Undefined when an instance can be had in that zone; otherwise the error code, InsufficientInstanceCapacity for one. */
  capacityProblem(zone: string): string | undefined;
  zones: string[];
  /** The role that EKS Pod Identity gives to this service account, or undefined. */
  podIdentity(namespace: string, serviceAccount: string): string | undefined;
  /** An AWS call made by a pod with that role's credentials: judged by IAM, with retries and latency. */
  call(roleArn: string, service: string, operation: string, input: Record<string, unknown>): Promise<unknown>;
  /** Registers exactly these pod addresses (ip:port) as a target group's targets; with the controller's own role. */
  setTargets(targetGroupArn: string, targets: Target[]): void;
  /** The address of a load balancer made for a Service of type LoadBalancer or an Ingress; undefined while none is made. */
  loadBalancer(kind: 'Service' | 'Ingress', namespace: string, name: string, serve: Serve): string | undefined;
  /** A line of the transcript. */
  record(what: string, detail?: Record<string, unknown>): void;
};

/** A pod's port behind a target group. */
export type Target = { ip: string; port: number; serve: Serve };

/** Answers an HTTP request at a pod or service. */
export type Serve = (request: { method: string; path: string; host: string }) => { status: number; body: string };

/** Who calls the API: as its authenticator found out. `groups` has system:masters for a cluster's administrators. */
export type Identity = { username: string; groups: string[] };

export type ApiRequest = {
  method: string;
  /** Without query: /apis/apps/v1/namespaces/x/deployments/y */
  path: string;
  query: URLSearchParams;
  headers: Record<string, string>;
  body?: string;
  identity: Identity;
};

/** A JSON document, as the API server answers it: an object, a list, or a Status. */
export type ApiResponse = { status: number; body: KubeObject };

/** A cluster as the simulated EKS drives it. */
export type SimulatedCluster = {
  handle(request: ApiRequest): ApiResponse | Promise<ApiResponse>;
  /** Its control plane runs; called again when its region came back. */
  start(): void;
  /** Its region is lost, or it is deleted. */
  stop?(): void;
  /** An EKS add-on comes into it. */
  install?(addOn: string, version: string): void;
};
