import { ApiError } from '../../api-error.ts';
import type { Identity, KubeObject } from '../../host.ts';
import type { Ref } from '../../store.ts';
import { type FlagSet, type Parsed, parseFlags } from '../flags.ts';
import type { Process } from '../process.ts';

/** A request of the CLI to the API server, over the cluster's own network. */
const REQUEST = 'kubernetes.request';

/** What the CLI prints as `An error occurred: …`, and exits with 1. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

/** One run of the CLI in a container: its arguments, what it prints, and its client, with the pod's service account. */
export class CommandLine {
  readonly process: Process;
  readonly values: Parsed['values'];
  readonly positional: string[];
  readonly namespace: string;
  readonly identity: Identity;
  readonly output: string[] = [];

  constructor(process: Process, args: string[], flags: FlagSet) {
    this.process = process;
    const { values, positional } = parseFlags(args, flags);
    this.values = values;
    this.positional = positional;
    // https://github.com/vmware-tanzu/velero/blob/v1.18.2/pkg/client/factory.go: never the pod's own namespace
    this.namespace = values.get('namespace') ?? process.env('VELERO_NAMESPACE') ?? 'velero';
    this.identity = serviceAccountIdentity(process.namespace, process.serviceAccount);
  }

  get version(): string {
    return this.process.version;
  }

  print(line: string): void {
    this.output.push(line);
  }

  text(flag: string): string | undefined {
    return this.values.get(flag);
  }

  async get(ref: Ref): Promise<KubeObject> {
    await this.process.takes(REQUEST);
    return this.process.cluster.api.get(ref, { by: this.identity });
  }

  async create(object: KubeObject): Promise<KubeObject> {
    await this.process.takes(REQUEST);
    return this.process.cluster.api.create(object, { by: this.identity, manager: 'velero' });
  }

  async replace(object: KubeObject): Promise<KubeObject> {
    await this.process.takes(REQUEST);
    return this.process.cluster.api.replace(object, { by: this.identity, manager: 'velero' });
  }

  async apply(object: KubeObject): Promise<KubeObject> {
    await this.process.takes(REQUEST);
    return this.process.cluster.api.apply(object, { by: this.identity, manager: 'velero-cli', force: true });
  }

  /** `--output` prints what would be sent, and sends nothing. */
  printed(object: KubeObject): boolean {
    const format = this.values.get('output');
    if (format === undefined) return false;
    if (format !== 'json' && format !== 'yaml')
      throw new CommandError(`invalid output format "${format}" - valid values are 'table', 'json', and 'yaml'`);
    this.print(JSON.stringify(object, undefined, 2));
    return true;
  }
}

export const isAlreadyExists = (error: unknown): boolean =>
  error instanceof ApiError && error.reason === 'AlreadyExists';

/** https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/ */
export const serviceAccountIdentity = (namespace: string, name: string): Identity => ({
  username: `system:serviceaccount:${namespace}:${name}`,
  groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
});

/** https://github.com/vmware-tanzu/velero/blob/v1.18.2/pkg/cmd/util/output/output.go */
const OUTPUT_FLAGS: FlagSet = {
  flags: { output: 'string', 'label-columns': 'list', 'show-labels': 'bool' },
  shorthands: { o: 'output', L: 'label-columns' },
};

export const withOutput = (own: FlagSet): FlagSet => ({
  flags: { ...OUTPUT_FLAGS.flags, ...own.flags },
  shorthands: { ...OUTPUT_FLAGS.shorthands, ...own.shorthands },
});
