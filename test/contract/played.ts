import { readFileSync } from 'node:fs';
import { AslError, type IntegrationCall } from '../../src/rehearsal/asl/environment.ts';
import { run as play } from '../rehearsal/asl/stage.ts';

type Arguments = { FunctionName?: string; StateMachineArn?: string; Payload?: Record<string, unknown> };
/** What a task comes to: an answer, or the name of the error that it fails with, always. */
export type Answers = Record<string, object | string>;

const RUN = { id: 'a', startedAt: '2026-03-01T04:30:00Z', trigger: { kind: 'alarm', alarm: 'orders-down' } };
const POINT = {
  tier: 'critical',
  namespaces: ['orders'],
  backup: 'critical-5m-20260301042500',
  moment: '2026-03-01T04:25:00Z',
  lossSeconds: 300,
  lostVolumes: [],
};

/** A failover in which all goes well. `ReserveCapacity release` is that function, called to take placeholders away. */
const WELL: Answers = {
  BeginRun: { kind: 'begun', run: RUN },
  ConfirmLoss: { kind: 'confirmed', lostSince: RUN.startedAt, reason: 'control says down, witness says down' },
  ChooseRecoveryPoints: {
    kind: 'proceed',
    points: [POINT],
    reason: 'at most 300 s are lost',
    restsOn: [{ repository: 'velero/kopia/orders/', backup: POINT.backup }],
    considered: [],
    approval: { timeoutSeconds: 900, onTimeout: 'hold' },
  },
  RaiseEpoch: { owner: 'standby', epoch: 2 },
  Fence: { ExecutionArn: 'an-arn' },
  ProtectCluster: { kind: 'ready' },
  CapturePrimary: {},
  SyncBackups: { kind: 'synced' },
  RestoreTier: { kind: 'completed' },
  HideStrays: { hidden: 0 },
  CheckImages: { missing: [] },
  ReserveCapacity: { kind: 'ready' },
  'ReserveCapacity release': { released: 3 },
  BindEntryPoints: { bound: [] },
  ProveTier: { kind: 'complete' },
  CheckTier: { kind: 'healthy' },
  ShiftTier: { shifted: [] },
  ConfirmTier: { kind: 'serving' },
};

/** `${RaiseEpoch}` is RaiseEpoch; a machine that is started, `${Fence}`, is Fence. */
function nameOf(call: IntegrationCall): string {
  const { FunctionName, StateMachineArn, Payload } = call.arguments as Arguments;
  const name = (FunctionName ?? StateMachineArn ?? '').replace(/^\$\{(\w+)\}$/, '$1');
  return name === 'ReserveCapacity' && Payload?.release === true ? `${name} release` : name;
}

const payloadOf = (call: IntegrationCall): Record<string, unknown> => (call.arguments as Arguments).Payload ?? {};

/** Plays a state machine as it is written; its functions answer well, but for what `answers` says. */
export async function played(machine: string, answers: Answers = {}) {
  const definition = JSON.parse(readFileSync(`statemachines/${machine}.asl.json`, 'utf8'));
  const { outcome, calls } = await play(definition, {}, (call) => {
    const name = nameOf(call);
    const { ending, failure } = payloadOf(call);
    const key = name === 'ProtectCluster' ? `${name} ${payloadOf(call).site}` : name;
    const answer = answers[key] ?? answers[name] ?? (name === 'FinishRun' ? { ending, failure } : WELL[name]);
    if (answer === undefined) throw new Error(`say what ${name} answers`);
    if (typeof answer === 'string') throw new AslError(answer, JSON.stringify({ errorMessage: `why ${name} failed` }));
    return call.resource.includes(':lambda:') ? { Payload: answer } : answer;
  });
  const called = calls.map(nameOf);
  return {
    outcome,
    called,
    /** The payload of the last call of that function. */
    told: (name: string) => payloadOf(calls[called.lastIndexOf(name)] ?? { resource: '', arguments: {} }),
  };
}
