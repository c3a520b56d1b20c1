import { jobGround, LIFEBOAT_NAMESPACE, veleroJob } from '../../../../src/domain/velero.ts';
import type { ClusterApi, KubeObject } from '../../../../src/gateways/kubernetes/cluster-api.ts';
import { type Reach, reach } from '../place.ts';
import type { Method, Site, Volumes } from './place.ts';
import { installerFor, NAMESPACES, PODS } from './platform.ts';

const POLL_MS = 500;
const ENDED = ['Completed', 'PartiallyFailed', 'Failed', 'FailedValidation', 'Canceled'];

export const hasEnded = ({ status }: KubeObject): boolean => ENDED.includes(status?.phase);
/** Of the installer, as the product's own job. */
const INSTALLER = 'install-velero';

/** What moves the data of snapshots is of another version. */
const versionOf = (kind: string): string => (kind.startsWith('Data') ? 'velero.io/v2alpha1' : 'velero.io/v1');

const refTo = (kind: string, name: string) => ({ apiVersion: versionOf(kind), kind, name, namespace: 'velero' });

/** A cluster with Velero, as rows speak of it. */
export class VeleroCluster {
  readonly api: ClusterApi;
  readonly volumes: Volumes;
  readonly #request: Reach['request'];
  readonly #sleep: (milliseconds: number) => Promise<void>;

  constructor({ server, volumes }: Site) {
    const { api, request } = reach(server);
    this.api = api;
    this.volumes = volumes;
    this.#request = request;
    this.#sleep = server.sleep;
  }

  pass(seconds: number): Promise<void> {
    return this.#sleep(seconds * 1000);
  }

  /** Asks again and again until there is an answer. */
  async until<T>(what: string, ask: () => Promise<T | undefined>, seconds = 300): Promise<T> {
    for (let waited = 0; waited < seconds * 1000; waited += POLL_MS) {
      const answer = await ask();
      if (answer !== undefined) return answer;
      await this.#sleep(POLL_MS);
    }
    throw new Error(`not within ${seconds} s: ${what}`);
  }

  /** In order; a namespace takes pods once its account is there. */
  async make(objects: KubeObject[]): Promise<void> {
    for (const object of objects) {
      await this.api.create(object);
      if (object.kind !== 'Namespace') continue;
      const account = {
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        name: 'default',
        namespace: object.metadata?.name ?? '',
      };
      await this.until('the account of pods', () => this.api.get(account));
    }
  }

  find(kind: string, name: string): Promise<KubeObject | undefined> {
    return this.api.get(refTo(kind, name));
  }

  list(kind: string): Promise<KubeObject[]> {
    return this.api.list(versionOf(kind), kind, { namespace: 'velero' });
  }

  change(kind: string, name: string, patch: Record<string, unknown>): Promise<boolean> {
    return this.api.merge(refTo(kind, name), patch);
  }

  /** Deletes Velero's objects of a kind, without what else would have to be done before. */
  async drop(kind: string): Promise<void> {
    for (const { metadata } of await this.list(kind)) {
      const name = metadata?.name ?? '';
      if (metadata?.finalizers)
        await this.change(kind, name, { metadata: { name, namespace: 'velero', finalizers: null } });
      await this.api.delete(refTo(kind, name));
    }
  }

  /** Velero by the job that a failover runs, with its location, able to work. */
  async setUp(location: KubeObject, method: Method): Promise<void> {
    const { image, command } = installerFor(method);
    await this.make([...jobGround(), veleroJob(INSTALLER, image, command)]);
    const job = { apiVersion: 'batch/v1', kind: 'Job', name: INSTALLER, namespace: LIFEBOAT_NAMESPACE };
    await this.until('Velero to be installed', async () => (await this.api.get(job))?.status?.succeeded);
    await this.make([location]);
    await this.until('the location to be available', async () =>
      (await this.find('BackupStorageLocation', 'default'))?.status?.phase === 'Available' ? true : undefined,
    );
    const agents = { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'node-agent', namespace: 'velero' };
    await this.until('the node agents to run', async () => {
      const { status } = (await this.api.get(agents)) ?? {};
      return status?.numberReady > 0 && status.numberReady === status.desiredNumberScheduled ? true : undefined;
    });
  }

  /** Ends the server without a word, and waits for the next one. */
  killServer(): Promise<void> {
    return this.#kill('deploy=velero');
  }

  /** The same of the agents, one on each node. */
  killAgents(): Promise<void> {
    return this.#kill('role=node-agent');
  }

  async #kill(labels: string): Promise<void> {
    const find = () => this.api.list('v1', 'Pod', { namespace: 'velero', labels });
    const before = await find();
    for (const { metadata } of before)
      await this.#request('DELETE', `/api/v1/namespaces/velero/pods/${metadata?.name}`, { gracePeriodSeconds: 0 });
    const old = new Set(before.map(({ metadata }) => metadata?.uid));
    await this.until(`the next of ${labels}`, async () => {
      const next = (await find()).filter(
        ({ metadata, status }) => !old.has(metadata?.uid) && status?.phase === 'Running',
      );
      return next.length === before.length ? true : undefined;
    });
  }

  /** A server looks into its locations when it starts, and each minute. */
  async resync(): Promise<void> {
    const syncedAt = async () => (await this.find('BackupStorageLocation', 'default'))?.status?.lastSyncedTime;
    const before = await syncedAt();
    await this.killServer();
    await this.until('the buckets to be looked at', async () => ((await syncedAt()) === before ? undefined : true));
  }

  /** A backup or restore, when it has ended. */
  ended(kind: 'Backup' | 'Restore', name: string): Promise<KubeObject> {
    return this.until(
      `the end of ${kind} ${name}`,
      async () => {
        const found = await this.find(kind, name);
        return found !== undefined && hasEnded(found) ? found : undefined;
      },
      1200,
    );
  }

  async pods(): Promise<KubeObject[]> {
    const lists = await Promise.all(NAMESPACES.map((namespace) => this.api.list('v1', 'Pod', { namespace })));
    return lists.flat();
  }

  /** Once all pods run, or none will that does not by then. */
  async settled(withinMs: number): Promise<KubeObject[]> {
    const running = async () => {
      const pods = await this.pods();
      return pods.length === PODS && pods.every(({ status }) => status?.phase === 'Running') ? pods : undefined;
    };
    return this.until('all pods to run', running, withinMs / 1000).catch(() => this.pods());
  }

  /** The persistent volumes of the claims in some namespaces, by claim. */
  async claims(namespaces = NAMESPACES): Promise<Map<string, string>> {
    const lists = namespaces.map((namespace) => this.api.list('v1', 'PersistentVolumeClaim', { namespace }));
    const bound = (await Promise.all(lists)).flat().filter(({ spec }) => spec?.volumeName);
    return new Map(bound.map(({ metadata, spec }) => [`${metadata?.namespace}/${metadata?.name}`, spec?.volumeName]));
  }

  async dropNamespaces(names: string[]): Promise<void> {
    const ref = (name: string) => ({ apiVersion: 'v1', kind: 'Namespace', name });
    for (const name of names) await this.api.delete(ref(name));
    for (const name of names)
      await this.until(`the end of namespace ${name}`, async () =>
        (await this.api.get(ref(name))) ? undefined : true,
      );
  }
}
