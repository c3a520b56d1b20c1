import type { ControlPlane } from '../control-plane.ts';
import { getOrAdd } from '../get-or-add.ts';
import type { KubeObject } from '../host.ts';
import { programOf } from '../programs.ts';
import { isApplication, writableVolumes } from './mounts.ts';
import type { ContainerRun, PodRun } from './pod-run.ts';

/** https://kubernetes.io/docs/concepts/containers/images/#imagepullbackoff and pod-lifecycle/#restart-policy */
const FIRST_BACK_OFF_MS = 10_000;
const LONGEST_BACK_OFF_MS = 300_000;

export type ContainerEvents = {
  /** Something that is reported changed. */
  changed(run: PodRun): void;
  exited(run: PodRun, container: ContainerRun): void;
};

/** Pulls images, starts containers, lets them do what they do, and restarts them. */
export class Containers {
  readonly #cluster: ControlPlane;
  readonly #events: ContainerEvents;
  /** Images by node. */
  readonly #pulled = new Map<string, Set<string>>();

  constructor(cluster: ControlPlane, events: ContainerEvents) {
    this.#cluster = cluster;
    this.#events = events;
  }

  /** Pulls and starts these containers of a pod, together. */
  launch(run: PodRun, containers: ContainerRun[]): void {
    const startable: ContainerRun[] = [];
    for (const container of containers) {
      const problem = this.#pullProblem(run, container.spec);
      if (problem === undefined) startable.push(container);
      else this.#backOffPull(run, container, problem, 0);
    }
    if (startable.length > 0) this.#begin(run, startable);
    if (startable.length < containers.length) this.#events.changed(run);
  }

  restart(run: PodRun, container: ContainerRun): void {
    const { restarts } = container;
    container.restarts++;
    if (restarts === 0) {
      this.#begin(run, [container]);
      return;
    }
    container.state = 'waiting';
    container.reason = 'CrashLoopBackOff';
    container.message = `back-off restarting failed container ${container.spec.name}`;
    const delay = Math.min(FIRST_BACK_OFF_MS * 2 ** (restarts - 1), LONGEST_BACK_OFF_MS);
    container.cancel = this.#cluster.after(delay, () => this.#begin(run, [container]));
  }

  end(run: PodRun, container: ContainerRun, exitCode: number, message: string): void {
    if (container.state !== 'running') return;
    this.kill(container);
    container.exitCode = exitCode;
    container.message = message;
    container.finishedAt = this.#cluster.store.timestamp();
    this.#events.exited(run, container);
  }

  /** From outside, without a report. */
  kill(container: ContainerRun): void {
    container.cancel?.();
    container.cancel = undefined;
    container.release?.();
    container.release = undefined;
    container.ready = false;
    if (container.state === 'running') container.state = 'terminated';
  }

  /** After the region's return: what was being started starts again; programs and jobs begin anew, applications go on. */
  resume(run: PodRun): void {
    for (const container of run.containers) {
      if (container.state === 'terminated' && container.cancel === undefined) continue;
      const keepsRunning =
        container.state === 'running' && container.ready && !this.#runsProgram(container) && !endsByItself(run);
      if (keepsRunning) continue;
      if (container.state === 'running') container.restarts++;
      this.kill(container);
      container.state = 'waiting';
      container.startedAt = '';
    }
  }

  #runsProgram(container: ContainerRun): boolean {
    return programOf(this.#cluster.programs, container.spec.image) !== undefined;
  }

  #begin(run: PodRun, containers: ContainerRun[]): void {
    const images = this.#imagesOf(run.node);
    const pulls = containers.some((each) => !images.has(each.spec.image));
    for (const container of containers) container.state = 'starting';
    const cancel = this.#cluster.later(pulls ? ['image.pull', 'pod.start'] : ['pod.start'], () => {
      for (const container of containers) {
        container.cancel = undefined;
        this.#started(run, container);
      }
      this.#events.changed(run);
    });
    for (const container of containers) container.cancel = cancel;
  }

  #started(run: PodRun, container: ContainerRun): void {
    const { spec } = container;
    this.#imagesOf(run.node).add(spec.image);
    container.state = 'running';
    container.message = '';
    container.startedAt = this.#cluster.store.timestamp();
    const probeDelay =
      1000 * (container.init && !container.sidecar ? 0 : (spec.readinessProbe?.initialDelaySeconds ?? 0));
    const pod = this.#cluster.store.byUid(run.uid);
    if (pod === undefined) return;
    this.#work(run, container, pod);
    if (container.state !== 'running') return;
    if (probeDelay === 0 || this.#cluster.building) container.ready = true;
    else {
      this.#cluster.after(probeDelay, () => {
        if (container.state !== 'running' || run.lost) return;
        container.ready = true;
        this.#events.changed(run);
      });
    }
  }

  /** What the container does: its program, or writing to its volumes, and ending where it is one that ends. */
  #work(run: PodRun, container: ContainerRun, pod: KubeObject): void {
    const { spec } = container;
    const program = programOf(this.#cluster.programs, spec.image);
    if (program !== undefined) {
      const start = container.restarts;
      const finish = (exitCode: number, message = ''): void => {
        if (container.restarts === start) this.end(run, container, exitCode, message);
      };
      const commandLine = [...(spec.command ?? []), ...(spec.args ?? [])];
      const stop = program({ cluster: this.#cluster, pod, container: spec, commandLine, finish });
      if (container.state === 'running') container.release = stop;
      else stop?.();
      return;
    }
    if (!container.init) this.#write(container, pod);
    const ends = (container.init && !container.sidecar) || (!container.init && endsByItself(run));
    if (!ends) return;
    container.cancel = this.#cluster.later(container.init ? 'pod.start' : 'pod.jobRun', () => {
      container.cancel = undefined;
      this.end(run, container, 0, '');
    });
  }

  #write(container: ContainerRun, pod: KubeObject): void {
    if (!isApplication(this.#cluster, container.spec.image)) return;
    const { volumes } = this.#cluster;
    const written = writableVolumes(this.#cluster, pod, container.spec);
    if (written.length === 0) return;
    const writer = `${pod.metadata.uid}/${container.spec.name}`;
    for (const volume of written) volumes.startWriting(volume, writer);
    container.release = () => {
      for (const volume of written) volumes.stopWriting(volume, writer);
    };
  }

  #backOffPull(run: PodRun, container: ContainerRun, problem: string, tries: number): void {
    container.state = 'waiting';
    if (tries === 0) {
      const { namespace, name } = run;
      this.#cluster.host.record('image cannot be pulled', {
        namespace,
        pod: name,
        image: container.spec.image,
        problem,
      });
    }
    const never = container.spec.imagePullPolicy === 'Never';
    const told = tries === 0 || never;
    container.reason = never ? 'ErrImageNeverPull' : tries === 0 ? 'ErrImagePull' : 'ImagePullBackOff';
    container.message = told ? problem : `Back-off pulling image "${container.spec.image}": ${problem}`;
    const delay = never ? FIRST_BACK_OFF_MS : Math.min(FIRST_BACK_OFF_MS * 2 ** tries, LONGEST_BACK_OFF_MS);
    container.cancel = this.#cluster.after(delay, () => {
      container.cancel = undefined;
      const still = this.#pullProblem(run, container.spec);
      if (still === undefined) return this.#begin(run, [container]);
      this.#backOffPull(run, container, still, tries + 1);
      this.#events.changed(run);
    });
  }

  /** An image that the node has is not asked for again, unless the pull policy is Always; with Never it must be there. */
  #pullProblem(run: PodRun, spec: KubeObject): string | undefined {
    const always = spec.imagePullPolicy === 'Always' || (spec.imagePullPolicy === undefined && untagged(spec.image));
    if (!always && this.#imagesOf(run.node).has(spec.image)) return undefined;
    if (spec.imagePullPolicy === 'Never')
      return `Container image "${spec.image}" is not present with pull policy of Never`;
    return this.#cluster.host.imageProblem(spec.image);
  }

  #imagesOf(node: string): Set<string> {
    return getOrAdd(this.#pulled, node, () => new Set());
  }
}

const endsByItself = (run: PodRun): boolean => run.restartPolicy !== 'Always';

const untagged = (image: string): boolean => {
  const name = image.slice(image.lastIndexOf('/') + 1);
  return !name.includes('@') && (!name.includes(':') || name.endsWith(':latest'));
};
