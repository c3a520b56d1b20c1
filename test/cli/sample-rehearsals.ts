import type { ProgressEvent } from '../../src/rehearsal/progress.ts';
import type { InvariantResult, Phase, Rehearsal, Step } from '../../src/rehearsal/result.ts';

/** Rehearsals as `rehearse` gives them, made up: for the outputs that show them. */

const START = Date.parse('2026-03-01T04:30:00Z');
export const FAULT_AT = START + 607_000;

const steps: [name: string, phase: Phase, from: number, to: number, more?: { tier?: string; detail?: string }][] = [
  ['ConfirmLoss', 'detect', 72, 152, { detail: 'two observers down and none up, for the hold-down of 60 s' }],
  ['ChooseRecoveryPoints', 'decide', 152, 154, { detail: 'the seals of 312 backups' }],
  ['RaiseEpoch', 'fence', 154, 154.4],
  [
    'Fence',
    'fence',
    154.4,
    157.9,
    { detail: 'an answer of the primary, which is tried again for as long as it takes' },
  ],
  ['CheckImages', 'prepare', 158, 160],
  ['PrepareCluster', 'prepare', 158, 236, { detail: 'a node for Velero' }],
  ['SyncBackups', 'prepare', 236, 283, { detail: "Velero's sync of the backup store" }],
  ['RestoreTier (critical)', 'recover', 283, 421, { tier: 'critical', detail: 'Velero: 118 objects, 3 volumes' }],
  ['ProveTier (critical)', 'validate', 421, 422, { tier: 'critical' }],
  ['CheckTier (critical)', 'validate', 422, 461, { tier: 'critical', detail: 'healthy targets of lb-builder' }],
  ['ShiftTier (critical)', 'shift', 461, 462, { tier: 'critical' }],
  ['ConfirmTier (critical)', 'shift', 462, 552, { tier: 'critical', detail: 'clients following the DNS name' }],
  ['RestoreTier (normal)', 'recover', 422, 557, { tier: 'normal', detail: 'Velero: 96 objects' }],
  ['CheckTier (normal)', 'validate', 557, 601, { tier: 'normal' }],
  ['ShiftTier (normal)', 'shift', 601, 602, { tier: 'normal' }],
  ['ConfirmTier (normal)', 'shift', 602, 712, { tier: 'normal', detail: 'clients following the DNS name' }],
  ['FinishRun', 'shift', 712, 714],
];

const at = (seconds: number): number => FAULT_AT + seconds * 1000;

const step = ([name, phase, from, to, more]: (typeof steps)[number]): Step => ({
  name,
  phase,
  startedAt: at(from),
  endedAt: at(to),
  ...more,
});

const IDLE = ['S4', 'S8', 'S10'];
const invariants = (): InvariantResult[] =>
  Array.from({ length: 11 }, (_, index) => `S${index + 1}`).map((id) => ({
    id,
    held: true,
    detail: IDLE.includes(id) ? 'not exercised' : '',
  }));

export function recovered(): Rehearsal {
  return {
    summary: {
      scenario: 'region-loss',
      seed: 1,
      outcome: 'recovered',
      expected: true,
      rtoSeconds: 712,
      phases: { detect: 152, decide: 2, fence: 4, prepare: 125, recover: 274, validate: 45, shift: 110 },
      tiers: [
        { tier: 'critical', rtoSeconds: 552, rtoTargetSeconds: 1800, rpoSeconds: 184, rpoTargetSeconds: 900 },
        { tier: 'normal', rtoSeconds: 712, rtoTargetSeconds: 3600, rpoSeconds: 2467, rpoTargetSeconds: 14_400 },
      ],
      stores: [
        {
          store: 'knative-lambda',
          recoveryPoint: 'critical-20260301043500',
          reportedLossSeconds: 307,
          trueLossSeconds: 184,
        },
        {
          store: 'rabbitmq-system',
          recoveryPoint: 'critical-20260301043500',
          reportedLossSeconds: 307,
          trueLossSeconds: 0,
        },
        { store: 'monitoring', recoveryPoint: 'full-20260301020000', reportedLossSeconds: 9607, trueLossSeconds: 2467 },
      ],
      invariants: invariants(),
      calls: { total: 412, denied: 0, primaryRegion: 0, usEast1ControlPlane: 0 },
      transitions: 214,
      virtualSeconds: 10_800,
      wallMs: 912,
      digest: '3f2a8c9d4e5b6a7081920a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f',
    },
    problems: [],
    time: 'virtual',
    repeat: 'npx lifeboat rehearse region-loss --seed 1',
    plan: {
      name: 'knative-lambda',
      primary: 'us-west-2',
      standby: 'us-east-1',
      control: 'us-east-1',
      witness: 'eu-west-1',
    },
    startedAt: START,
    faultAt: FAULT_AT,
    faults: [{ at: FAULT_AT, text: 'loss of us-west-2 (primary)' }],
    steps: steps.map(step),
    marks: [
      { at: at(41), what: 'Route 53 health check lb-builder says down' },
      { at: at(58), what: 'alarm lifeboat-knative-lambda-builder-down', detail: 'OK → ALARM' },
      { at: at(552), what: 'first request of tier critical answered by the standby' },
      { at: at(712), what: 'first request of tier normal answered by the standby' },
    ],
    recoveryPoints: [
      {
        name: 'critical-20260301044000',
        moment: FAULT_AT - 7_000,
        verdict: 'incomplete',
        chosen: false,
        reason: '14 of 83 objects have not arrived',
      },
      {
        name: 'critical-20260301043500',
        moment: FAULT_AT - 307_000,
        verdict: 'restorable',
        chosen: true,
        reason: 'sealed, all 83 objects have arrived',
      },
      {
        name: 'critical-20260301043000',
        moment: FAULT_AT - 607_000,
        verdict: 'restorable',
        chosen: false,
        reason: 'sealed; older',
      },
      {
        name: 'full-20260301020000',
        moment: FAULT_AT - 9_607_000,
        verdict: 'not-portable',
        chosen: true,
        reason: 'one volume exists only as a snapshot in us-west-2',
      },
    ],
    notes: [
      'monitoring/prometheus-data: its volume was backed up as a snapshot, which another region cannot restore; it came back empty',
      'Service knative-lambda/builder: load balancer annotations left out; it stands on entry point builder',
    ],
    interleaving: 'a1b2c3d4e5f60718',
    report: {},
  };
}

export function held(): Rehearsal {
  const base = recovered();
  return {
    ...base,
    summary: {
      ...base.summary,
      scenario: 'both-regions',
      outcome: 'held',
      rtoSeconds: null,
      phases: null,
      tiers: base.summary.tiers.map((tier) => ({ ...tier, rtoSeconds: null, rpoSeconds: null })),
      stores: base.summary.stores.map(({ store }) => ({
        store,
        recoveryPoint: null,
        reportedLossSeconds: null,
        trueLossSeconds: null,
      })),
    },
    repeat: 'npx lifeboat rehearse both-regions --seed 1',
    faults: [
      { at: FAULT_AT, text: 'loss of us-west-2 (primary)' },
      { at: FAULT_AT, text: 'errors of eks in us-east-1 (standby)' },
      { at: FAULT_AT, text: 'errors of elasticloadbalancing in us-east-1 (standby)' },
    ],
    steps: base.steps.slice(0, 1),
    marks: base.marks.slice(0, 2),
    recoveryPoints: [],
    notes: [],
  };
}

export function brokenInvariant(): Rehearsal {
  const base = recovered();
  const detail =
    'confirm-loss was denied eks:DescribeCluster on arn:aws:eks:us-east-1:111122223333:cluster/homelab-dr: role lifeboat-knative-lambda-confirm-loss has no statement that allows it';
  return {
    ...base,
    summary: {
      ...base.summary,
      outcome: 'failed',
      expected: false,
      rtoSeconds: null,
      phases: null,
      tiers: base.summary.tiers.map((tier) => ({ ...tier, rtoSeconds: null, rpoSeconds: null })),
      stores: [],
      invariants: base.summary.invariants.map((one) => (one.id === 'S9' ? { ...one, held: false, detail } : one)),
      calls: { ...base.summary.calls, denied: 3 },
    },
    problems: ['it ended failed; the scenario expects recovered'],
    steps: base.steps.slice(0, 1),
    recoveryPoints: [],
    notes: [],
  };
}

export function failedExpectation(): Rehearsal {
  const base = recovered();
  const [critical, normal] = base.summary.tiers;
  if (critical === undefined || normal === undefined) throw new Error('the sample has two tiers');
  return {
    ...base,
    summary: {
      ...base.summary,
      expected: false,
      tiers: [
        { ...critical, rpoSeconds: 1204 },
        { ...normal, rtoTargetSeconds: 600 },
      ],
    },
    problems: [
      'tier critical lost 20m 4s of writes; the scenario expects 15m at most',
      'tier normal: its traffic was back after 11m 52s; the plan promises 10m',
    ],
  };
}

/** What a rehearsal tells while it runs. */
export function progressOf(rehearsal: Rehearsal): ProgressEvent[] {
  const { summary, startedAt, faults } = rehearsal;
  const begun: ProgressEvent = { kind: 'begun', at: startedAt, scenario: summary.scenario, seed: summary.seed, faults };
  const events = rehearsal.steps.flatMap((one): ProgressEvent[] => [
    {
      kind: 'started',
      at: one.startedAt,
      phase: one.phase,
      step: one.name,
      ...(one.detail === undefined ? {} : { waitsOn: one.detail }),
    },
    { kind: 'ended', at: one.endedAt, phase: one.phase, step: one.name },
  ]);
  const marks = rehearsal.marks.map((mark): ProgressEvent => ({ kind: 'mark', ...mark }));
  return [begun, ...[...events, ...marks].toSorted((a, b) => a.at - b.at)];
}
