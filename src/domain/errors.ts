/**
 * Every failure that a run can end in, by the name that the state machines catch and that its runbook carries
 * (`docs/runbooks/<name>.md`). The message says what holds now; the runbook, who must act and how.
 */
export class LifeboatError extends Error {
  /** Tried again by the state machine, with backoff, before it counts. */
  readonly retryable: boolean = false;
}

const error = (name: string) =>
  class extends LifeboatError {
    override readonly name = name;
  };

/** A call failed in a way that may pass: no answer, a throttle, a server's own error. The only retryable one. */
export class TemporaryFailure extends LifeboatError {
  override readonly name = 'TemporaryFailure';
  override readonly retryable = true;
}

/** What a function was called with is not what it expects. */
export class InvalidInput extends error('InvalidInput') {}
/** A fact that should have been captured from the primary ahead of time is not there. */
export class FactNotCaptured extends error('FactNotCaptured') {}
/** No recovery point covers a tier's namespaces. */
export class NoRecoveryPoint extends error('NoRecoveryPoint') {}
/** Nobody answered within the plan's time, and the plan says hold. */
export class ApprovalTimedOut extends error('ApprovalTimedOut') {}
/** Another run raised the epoch in the meantime; this one must not act. */
export class EpochSuperseded extends error('EpochSuperseded') {}
/** The cluster did not become usable in time. */
export class ClusterNotReady extends error('ClusterNotReady') {}
/** Velero's service account has no role by Pod Identity in this cluster. */
export class VeleroIdentityMissing extends error('VeleroIdentityMissing') {}
/** Velero is there in a version that this plan cannot be recovered with. */
export class VeleroVersionUnsupported extends error('VeleroVersionUnsupported') {}
/** The plan has volumes go by snapshots, and the cluster that it would take them in cannot. */
export class SnapshotsUnavailable extends error('SnapshotsUnavailable') {}
/** Velero did not become usable in time. */
export class VeleroNotReady extends error('VeleroNotReady') {}
/** A chosen recovery point did not appear, whole, in the standby's Velero in time. */
export class BackupNotSynced extends error('BackupNotSynced') {}
/** Velero ended a restore in another phase than Completed, or did not end it in time. */
export class RestoreFailed extends error('RestoreFailed') {}
/** Objects or volumes of the recovery point are not in the cluster, whatever Velero says. */
export class RestoreIncomplete extends error('RestoreIncomplete') {}
/** A load balancer or target group that should have been made ahead is not there. */
export class EntryPointMissing extends error('EntryPointMissing') {}
/** A tier's checks did not pass in time; its traffic was not moved. */
export class ChecksFailed extends error('ChecksFailed') {}
/** Traffic was asked to move to a site whose checks have not passed in this epoch. */
export class ShiftRefused extends error('ShiftRefused') {}
/** Clients are still sent to the old site. */
export class TrafficNotShifted extends error('TrafficNotShifted') {}
