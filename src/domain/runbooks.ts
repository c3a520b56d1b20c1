import * as errors from './errors.ts';

/** Names a run can end in that are no error of ours: the machines' endings, Kubernetes' refusals, AWS's time-outs. */
const OTHERS = [
  'Held',
  'KubernetesAccessDenied',
  'KubernetesRefused',
  'NotBegun',
  'NotFinished',
  'NotVerified',
  'PointNotJudged',
  'Sandbox.Timedout',
  'States.Timeout',
  'TiersFailed',
];

/** The page for what a run ended in. A name that AWS or Kubernetes gave has none of its own: the index says what to do. */
export const runbookOf = (error: string): string =>
  `docs/runbooks/${OTHERS.includes(error) || error in errors ? error : 'README'}.md`;
