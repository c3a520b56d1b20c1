import type { ControlPlane } from '../control-plane.ts';
import type { KubeObject } from '../host.ts';
import type { Program, ProgramGiven } from '../programs.ts';
import { runCommand } from './cli/commands.ts';
import { startMover } from './data-movement/mover.ts';
import { DoneMarkers } from './done-markers.ts';
import { UsageError } from './flags.ts';
import type { Knowledge } from './kopia/repository.ts';
import { NodeAgent } from './node-agent.ts';
import { Process } from './process.ts';
import { refuse } from './refuse.ts';
import { runServer } from './run-server.ts';
import { Server } from './server.ts';
import { serverOptions } from './server-options.ts';
import { isKnown } from './version.ts';

/** What a shell-less image without an entry point answers to a command that it does not have. */
const NOT_FOUND = 128;
/** How often the helper looks for the markers in its volumes. */
const HELPER_POLL_MS = 1000;

/** Makes Velero 1.18 what containers of its image run in this cluster, from whatever registry. */
export function installVelero(cluster: ControlPlane): void {
  const image = new VeleroImage(knowledgeOf(cluster));
  const program: Program = (given) => image.run(given);
  cluster.programs.set('velero/velero', program);
  cluster.programs.set('velero', program);
}

const KNOWLEDGE = new WeakMap<ControlPlane, Knowledge>();

/** What a cluster's kopia remembers of repositories. */
export function knowledgeOf(cluster: ControlPlane): Knowledge {
  const known = KNOWLEDGE.get(cluster) ?? new Map();
  KNOWLEDGE.set(cluster, known);
  return known;
}

/** What the containers of one cluster do, by their command lines. Holds what outlives them: kopia's caches, and the markers in restored volumes. */
class VeleroImage {
  readonly #knowledge: Knowledge;
  readonly #done = new DoneMarkers();

  constructor(knowledge: Knowledge) {
    this.#knowledge = knowledge;
  }

  run(given: ProgramGiven): (() => void) | undefined {
    const process = new Process(given);
    if (!isKnown(process.version)) refuse(given.cluster.host, `Velero ${process.version}`);
    const [executable, ...args] = given.commandLine;
    if (executable === '/velero-restore-helper') this.#help(process, args);
    else if (executable === '/velero-helper') this.#hold(process, args);
    else if (executable !== '/velero') {
      const why =
        executable === undefined
          ? 'no command specified'
          : `exec: ${JSON.stringify(executable)}: executable file not found in $PATH`;
      given.finish(NOT_FOUND, why);
      return undefined;
    } else this.#start(process, args);
    return () => process.end();
  }

  #start(process: Process, args: string[]): void {
    try {
      if (args[0] === 'server') {
        const server = new Server(process, serverOptions(args.slice(1)), this.#knowledge);
        process.spawn(() => runServer(server));
      } else if (args[0] === 'node-agent' && args[1] === 'server')
        new NodeAgent(process, args.slice(2), this.#knowledge, this.#done).start();
      else if (args[0] === 'data-mover') startMover(process, args.slice(1), this.#knowledge);
      else process.spawn(() => command(process, args));
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      finish(process, 1, `Error: ${error.message}`);
    }
  }

  /** Runs for ever. https://github.com/velero-io/velero/blob/v1.18.2/cmd/velero-helper/velero-helper.go */
  #hold(process: Process, [mode]: string[]): void {
    if (mode === 'pause') return;
    const wrong =
      mode === undefined ? 'at least one argument must be provided, the working mode' : 'wrong working mode provided';
    finish(process, 1, `ERROR: ${wrong}`);
  }

  /** Ends when all volumes of the pod have the marker of the restore that it was given. */
  #help(process: Process, [restoreUid = '']: string[]): void {
    const { container, pod, finish: end } = process.given;
    const volumes = (container.volumeMounts ?? [])
      .filter(({ mountPath }: KubeObject) => mountPath.startsWith('/restores/'))
      .map(({ name }: KubeObject) => name);
    const look = (): void => {
      if (!this.#done.has(restoreUid, pod.metadata.uid, volumes)) return;
      stop();
      process.spawn(async () => {
        await process.sleep(HELPER_POLL_MS);
        end(0);
      });
    };
    const stop = this.#done.onChange(look);
    process.onEnd(stop);
    look();
  }
}

async function command(process: Process, args: string[]): Promise<void> {
  const { exitCode, output } = await runCommand(process, args);
  finish(process, exitCode, output);
}

/** A container's log is not kept here: its end is told where Kubernetes would, and in the transcript. */
function finish(process: Process, exitCode: number, output: string): void {
  const { container, pod, commandLine, finish: end } = process.given;
  const { namespace, name } = pod.metadata;
  process.cluster.host.record('velero', { ran: commandLine.join(' '), pod: `${namespace}/${name}`, exitCode, output });
  const told = exitCode !== 0 && container.terminationMessagePolicy === 'FallbackToLogsOnError';
  end(exitCode, told ? output.slice(-2048) : '');
}
