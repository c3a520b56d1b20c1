import type { z } from 'zod';
import type { env as askApproval } from '../functions/ask-approval/env.ts';
import type { env as beginRun } from '../functions/begin-run/env.ts';
import type { env as bindEntryPoints } from '../functions/bind-entry-points/env.ts';
import type { env as capturePrimary } from '../functions/capture-primary/env.ts';
import type { env as checkImages } from '../functions/check-images/env.ts';
import type { env as checkTier } from '../functions/check-tier/env.ts';
import type { env as chooseRecoveryPoints } from '../functions/choose-recovery-points/env.ts';
import type { env as confirmLoss } from '../functions/confirm-loss/env.ts';
import type { env as confirmTier } from '../functions/confirm-tier/env.ts';
import type { env as fenceSite } from '../functions/fence-site/env.ts';
import type { env as finishRun } from '../functions/finish-run/env.ts';
import type { env as forwardReplicationTrouble } from '../functions/forward-replication-trouble/env.ts';
import type { env as hideStrays } from '../functions/hide-strays/env.ts';
import type { env as judgeRecoveryPoint } from '../functions/judge-recovery-point/env.ts';
import type { env as measureRpo } from '../functions/measure-rpo/env.ts';
import type { env as probeSites } from '../functions/probe-sites/env.ts';
import type { env as protectCluster } from '../functions/protect-cluster/env.ts';
import type { env as proveTier } from '../functions/prove-tier/env.ts';
import type { env as publishTraffic } from '../functions/publish-traffic/env.ts';
import type { env as raiseEpoch } from '../functions/raise-epoch/env.ts';
import type { env as recordSignal } from '../functions/record-signal/env.ts';
import type { env as reserveCapacity } from '../functions/reserve-capacity/env.ts';
import type { env as restoreTier } from '../functions/restore-tier/env.ts';
import type { env as sealBackup } from '../functions/seal-backup/env.ts';
import type { env as shiftTier } from '../functions/shift-tier/env.ts';
import type { env as syncBackups } from '../functions/sync-backups/env.ts';
import type { env as verifyBegin } from '../functions/verify-begin/env.ts';
import type { env as verifyFinish } from '../functions/verify-finish/env.ts';
import type { env as verifyPoint } from '../functions/verify-point/env.ts';

type Schemas = {
  'ask-approval': typeof askApproval;
  'begin-run': typeof beginRun;
  'bind-entry-points': typeof bindEntryPoints;
  'capture-primary': typeof capturePrimary;
  'check-images': typeof checkImages;
  'check-tier': typeof checkTier;
  'choose-recovery-points': typeof chooseRecoveryPoints;
  'confirm-loss': typeof confirmLoss;
  'confirm-tier': typeof confirmTier;
  'fence-site': typeof fenceSite;
  'finish-run': typeof finishRun;
  'forward-replication-trouble': typeof forwardReplicationTrouble;
  'hide-strays': typeof hideStrays;
  'judge-recovery-point': typeof judgeRecoveryPoint;
  'measure-rpo': typeof measureRpo;
  'probe-sites': typeof probeSites;
  'protect-cluster': typeof protectCluster;
  'prove-tier': typeof proveTier;
  'publish-traffic': typeof publishTraffic;
  'raise-epoch': typeof raiseEpoch;
  'record-signal': typeof recordSignal;
  'reserve-capacity': typeof reserveCapacity;
  'restore-tier': typeof restoreTier;
  'seal-backup': typeof sealBackup;
  'shift-tier': typeof shiftTier;
  'sync-backups': typeof syncBackups;
  'verify-begin': typeof verifyBegin;
  'verify-finish': typeof verifyFinish;
  'verify-point': typeof verifyPoint;
};

/** The functions, by their folders. */
export type FunctionName = keyof Schemas;

/** What a function's own `env.ts` asks for: a variable that is missing or misspelt here does not compile. */
export type Environment<Name extends FunctionName> = Omit<z.input<Schemas[Name]>, 'PLAN_FILE'>;
