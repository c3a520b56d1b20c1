import { createHash, type Hash } from 'node:crypto';
import type { Plan } from '../plan/schema.ts';
import type { Clients } from './clients.ts';
import type { CallRecord, TranscriptEntry } from './cloud/world.ts';
import type { Watched } from './invariants/watched.ts';
import type { Progress } from './progress.ts';
import type { RehearseOptions } from './rehearse-options.ts';
import type { CallCounts, TimelineMark } from './result.ts';
import { resolveFaults } from './scenario-faults.ts';
import type { Scenario } from './scenario-schema.ts';
import { Steps } from './steps.ts';
import { contentsOf, type LastKnown } from './truth.ts';
import type { Twin } from './twin.ts';

/** What the transcript tells that a person wants to see on the timeline. */
const MARKS = new Set(['fault over', 'operator']);
/** Lines; a call to the hash costs more than a line does. */
const HASHED_AT_ONCE = 500;

/** Everything that is seen of a scenario from its beginning on: calls, steps, marks, and the digest of it all. */
export class Observation {
  readonly twin: Twin;
  readonly clients: Clients;
  readonly startsAt: number;
  readonly steps: Steps;
  readonly marks: TimelineMark[] = [];
  readonly #calls = { total: 0, primaryRegion: 0, usEast1ControlPlane: 0 };
  readonly watched: Watched;
  transitions = 0;
  faults: { at: number; text: string }[] = [];
  /** What the primary's volumes held when it was lost, or when it was given up. */
  lastKnown: LastKnown | undefined;
  readonly #lost = new Map<string, number>();
  readonly #transcript: Hash = createHash('sha256');
  readonly #order: Hash = createHash('sha256');
  #unhashed: { at: number; line: string }[] = [];
  readonly #lossAt: number | undefined;
  #givenUpAt: number | null = null;
  readonly #progress: Progress | undefined;
  readonly #named: { scenario: string; seed: number };

  constructor(twin: Twin, clients: Clients, startsAt: number, { progress, scenario, seed }: RehearseOptions) {
    this.twin = twin;
    this.clients = clients;
    this.startsAt = startsAt;
    this.#progress = progress;
    this.#named = { scenario: scenario.name, seed };
    this.#lossAt = lossOf(scenario, twin.plan, startsAt);
    const operatorStarted = scenario.operator.some((one) => one.action === 'failover');
    this.watched = { twin, clients, lost: this.#lost, operatorStarted, stores: [] };
    this.steps = new Steps(twin.invocations, {
      started: (step) => this.#tell({ kind: 'started', at: step.startedAt, phase: step.phase, step: step.name }),
      waiting: (step) => this.#tell({ kind: 'waiting', at: step.endedAt, step: step.name, on: step.detail ?? '' }),
      ended: (step, failed) =>
        this.#tell({
          kind: 'ended',
          at: step.endedAt,
          phase: step.phase,
          step: step.name,
          ...(failed !== undefined && { failed }),
        }),
    });
    twin.world.observe((call) => this.#onCall(call));
    twin.world.listen((entry) => this.#onEntry(entry));
    twin.sfn.onHistory(({ type, state, at }, execution) => {
      if (type.endsWith('StateEntered')) this.transitions++;
      this.#write(at, `${execution.machine.name}/${execution.name} ${type} ${state ?? ''}`);
    });
    twin.world.network.onLoss((region) => this.#onLoss(region));
    twin.world.network.onReturn((region) => this.#lost.delete(region));
  }

  begin(faults: { at: number; text: string }[]): void {
    this.faults = faults;
    const lossAt = this.#lossAt;
    this.#tell({ kind: 'begun', at: this.startsAt, ...this.#named, faults, ...(lossAt !== undefined && { lossAt }) });
  }

  /**
   * What recovery is counted from: when people lost the primary, else when the first fault struck, else when an
   * operator gave the primary up; null while none of it has happened.
   */
  get faultAt(): number | null {
    const planned = this.#lossAt ?? this.faults[0]?.at;
    return planned !== undefined && planned <= this.twin.kernel.now ? planned : this.#givenUpAt;
  }

  /** Counted from the beginning on; what was denied, from the deployment on. */
  get calls(): CallCounts {
    return { ...this.#calls, denied: this.twin.denied.length };
  }

  get digest(): { transcript: string; interleaving: string } {
    this.#flush();
    return { transcript: this.#transcript.copy().digest('hex'), interleaving: this.#order.copy().digest('hex') };
  }

  #onCall(call: CallRecord): void {
    this.#calls.total++;
    if (this.#lost.size > 0) {
      const { region } = this.twin.plan.sites.primary;
      if (call.region === region && call.from !== region) this.#calls.primaryRegion++;
      if (call.usEast1ControlPlane) this.#calls.usEast1ControlPlane++;
    }
    const who = call.caller.kind === 'role' ? call.caller.arn : call.caller.kind;
    this.#write(call.at, `${who} ${call.service}:${call.operation} ${call.region} ${call.outcome}`);
  }

  #onEntry(entry: TranscriptEntry): void {
    const { at, what, ...detail } = entry;
    this.#write(at, `${what} ${JSON.stringify(detail)}`);
    if (!MARKS.has(what)) return;
    if (what === 'operator' && entry.action === 'failover') this.#onGivenUp();
    const text = String(entry.fault ?? entry.action ?? '');
    this.marks.push({ at, what, detail: text });
    this.#tell({ kind: 'mark', at, what, detail: text });
  }

  /** From now on people look where they are served, as they do from the first fault on. */
  #onGivenUp(): void {
    const { clients, twin } = this;
    this.#givenUpAt ??= twin.kernel.now;
    clients.start((entryPoint) => clients.answeredBy(entryPoint, twin.plan.sites.standby.region) !== undefined);
  }

  #onLoss(region: string): void {
    this.#lost.set(region, this.twin.kernel.now);
    if (region === this.twin.plan.sites.primary.region) this.lastKnown ??= contentsOf(this.twin.clusters.primary);
  }

  #write(at: number, line: string): void {
    this.#unhashed.push({ at, line });
    if (this.#unhashed.length >= HASHED_AT_ONCE) this.#flush();
  }

  #flush(): void {
    this.#transcript.update(this.#unhashed.map(({ at, line }) => `${at} ${line}\n`).join(''));
    this.#order.update(this.#unhashed.map(({ line }) => `${line}\n`).join(''));
    this.#unhashed = [];
  }

  #tell(event: Parameters<Progress['onStep']>[0]): void {
    this.#progress?.onStep(event);
  }
}

/** When the scenario takes the primary away from people: its region lost, or cut off from the internet. */
function lossOf(scenario: Scenario, plan: Plan, startsAt: number): number | undefined {
  const { region } = plan.sites.primary;
  const loss = resolveFaults(scenario, plan).faults.find(
    (fault) =>
      (fault.kind === 'region-loss' && fault.region === region) ||
      (fault.kind === 'partition' && fault.between.includes(region) && fault.between.includes('internet')),
  );
  return loss === undefined ? undefined : startsAt + loss.at * 1000;
}
