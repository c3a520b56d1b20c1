import type { KubeObject } from '../host.ts';
import type { Server } from './server.ts';

/** Something that goes on after a backup or a restore has dealt with its items, as its file in the bucket has it. */
export type Operation = { spec: KubeObject; status: KubeObject };

export type Progress = {
  operations: Operation[];
  open: boolean;
  completed: number;
  failed: number;
  errors: string[];
};

type Moves = {
  kind: 'DataUpload' | 'DataDownload';
  timeout: number;
  /** What is told of an error. */
  tell(error: string): string;
};

const OPERATION_LABEL = 'velero.io/async-operation-id';

/**
 * How far the operations have come, by the movements that stand for them; one that takes too long is cancelled.
 * https://github.com/vmware-tanzu/velero/blob/v1.18.3/pkg/controller/backup_operations_controller.go (getBackupItemOperationProgress)
 */
export function progressOf(server: Server, known: Operation[], moves: Moves): Progress {
  const errors: string[] = [];
  const operations = known.map((operation) => {
    if (isOver(operation)) return operation;
    const next = advanced(server, operation, moves);
    if (next.status.phase === 'Failed') errors.push(moves.tell(next.status.error));
    return next;
  });
  const count = (phase: string): number => operations.filter(({ status }) => status.phase === phase).length;
  return {
    operations,
    open: operations.some((operation) => !isOver(operation)),
    completed: count('Completed'),
    failed: count('Failed'),
    errors,
  };
}

const isOver = ({ status }: Operation): boolean => status.phase === 'Completed' || status.phase === 'Failed';

function advanced(server: Server, { spec, status }: Operation, { kind, timeout }: Moves): Operation {
  const movement = server.list(kind).find(({ metadata }) => metadata.labels?.[OPERATION_LABEL] === spec.operationID);
  if (movement === undefined) {
    const error =
      kind === 'DataUpload' ? `not found DataUpload for operationID ${spec.operationID}` : `didn't find ${kind}`;
    return { spec, status: { ...status, phase: 'Failed', error } };
  }
  const seen = statusOf(status, movement);
  const phase = movement.status?.phase;
  const failed = (error: string): Operation => ({ spec, status: { ...seen, phase: 'Failed', error } });
  if (phase === 'Completed') return { spec, status: { ...seen, phase: 'Completed' } };
  if (phase === 'Failed') return failed(movement.status.message ?? '');
  if (phase === 'Canceled') return failed(`${kind} is canceled`);
  if (server.cluster.now > Date.parse(status.created) + timeout) {
    server.update(movement, (current) => ({ ...current, spec: { ...current.spec, cancel: true } }));
    return failed('Asynchronous action timed out');
  }
  return { spec, status: { ...seen, phase: seen.started === undefined ? 'New' : 'InProgress' } };
}

/** What the file says of an operation; nothing of one that nobody has taken up. */
function statusOf({ created }: KubeObject, { status }: KubeObject): KubeObject {
  const { phase, progress, startTimestamp, completionTimestamp } = status ?? {};
  if (phase === undefined || phase === '' || phase === 'New') return { phase: 'New', created };
  return {
    phase: 'New',
    ...(progress?.bytesDone > 0 && { nCompleted: progress.bytesDone }),
    ...(progress?.totalBytes > 0 && { nTotal: progress.totalBytes }),
    operationUnits: 'Bytes',
    description: phase,
    created,
    ...(startTimestamp && { started: startTimestamp }),
    ...(completionTimestamp && { updated: completionTimestamp }),
  };
}
