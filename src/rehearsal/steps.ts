import type { Invocation, Invocations } from './invocations.ts';
import type { Phase, Step } from './result.ts';

/** What each function of a failover is part of. */
const PHASE_OF: Record<string, Phase> = {
  'confirm-loss': 'detect',
  'choose-recovery-points': 'decide',
  'ask-approval': 'decide',
  'raise-epoch': 'fence',
  'fence-site': 'fence',
  'protect-cluster': 'prepare',
  'reserve-capacity': 'prepare',
  'hide-strays': 'prepare',
  'sync-backups': 'prepare',
  'check-images': 'prepare',
  'restore-tier': 'recover',
  'bind-entry-points': 'recover',
  'prove-tier': 'validate',
  'check-tier': 'validate',
  'shift-tier': 'shift',
  'confirm-tier': 'shift',
};

/** Answers that mean: not yet, call me again. */
const STILL_TRYING = new Set(['wait', 'unreachable']);

/** What follows an answer, or the time in which none came. */
const ENDS_APPROVAL = new Set(['raise-epoch', 'finish-run']);

type Key = { key: string; phase: Phase; name: string; tier?: string };

/** Groups the polls of one thing into one step: the same function, for the same run and tier, is one step. */
export class Steps {
  readonly all: Step[] = [];
  readonly #open = new Map<string, Step>();
  readonly #started: (step: Step) => void;
  readonly #waiting: (step: Step) => void;
  readonly #ended: (step: Step, failed: string | undefined) => void;

  constructor(
    invocations: Invocations,
    listeners: {
      started: (step: Step) => void;
      waiting: (step: Step) => void;
      ended: (step: Step, failed: string | undefined) => void;
    },
  ) {
    this.#started = listeners.started;
    this.#waiting = listeners.waiting;
    this.#ended = listeners.ended;
    invocations.listen((invocation) => this.#see(invocation));
  }

  #see(invocation: Invocation): void {
    if (ENDS_APPROVAL.has(invocation.folder)) this.#approved(invocation);
    const key = keyOf(invocation);
    if (key === undefined) return;
    const step = this.#open.get(key.key);
    if (invocation.endedAt === undefined) {
      if (step === undefined) this.#begin(key, invocation);
      return;
    }
    if (step === undefined) return;
    step.endedAt = invocation.endedAt;
    const waitsOn =
      invocation.output?.waitingFor ??
      (STILL_TRYING.has(invocation.output?.kind) ? (invocation.output.reason ?? 'the old site to answer') : undefined);
    if (waitsOn !== undefined) {
      step.detail = String(waitsOn);
      this.#waiting(step);
      return;
    }
    if (invocation.folder === 'ask-approval' && invocation.error === undefined) {
      step.detail = 'a person to approve (lifeboat approve)';
      this.#waiting(step);
      return;
    }
    this.#open.delete(key.key);
    this.#ended(step, invocation.error);
  }

  /** Asking takes a moment; what takes time is the answer, and the run's next step tells when it came, or its end. */
  #approved({ startedAt, endedAt, input }: Invocation): void {
    const key = `${input?.run?.id ?? input?.runId ?? ''}/ask-approval//`;
    const step = this.#open.get(key);
    if (step === undefined || endedAt !== undefined) return;
    step.endedAt = startedAt;
    this.#open.delete(key);
    this.#ended(step, undefined);
  }

  #begin({ key, phase, name, tier }: Key, { startedAt }: Invocation): void {
    const step: Step = { name, phase, startedAt, endedAt: startedAt, ...(tier !== undefined && { tier }) };
    this.#open.set(key, step);
    this.all.push(step);
    this.#started(step);
  }
}

/** Parts of a restore that are of no tier. */
const PARTS: Record<string, string> = { cluster: 'what has no namespace', admission: 'admission webhooks' };

/** `Restore tier critical`: the same words as its folder and its state have, for people. */
function nameOf(folder: string, part: string | undefined, tier: string | undefined): string {
  if (part !== undefined) return `Restore ${PARTS[part] ?? part}`;
  const words = folder.replaceAll('-', ' ');
  return `${words[0]?.toUpperCase()}${words.slice(1)}${tier === undefined ? '' : ` ${tier}`}`;
}

/** Undefined for what is not part of a failover: probers, captures, the hourly protection. */
function keyOf({ folder, input }: Invocation): Key | undefined {
  const phase = PHASE_OF[folder];
  if (phase === undefined || (folder === 'protect-cluster' && input?.run === undefined) || input?.release === true)
    return undefined;
  const part: string | undefined = input?.part === 'tier' ? undefined : input?.part;
  const tier: string | undefined = part === undefined ? input?.point?.tier : undefined;
  const run = String(input?.run?.id ?? input?.runId ?? '');
  const key = `${run}/${folder}/${part ?? ''}/${tier ?? ''}`;
  return { key, phase, name: nameOf(folder, part, tier), ...(tier !== undefined && { tier }) };
}
