import type { Controller } from './control-plane.ts';
import { controlCronJobs } from './controllers/cron-jobs.ts';
import { controlCustomResources } from './controllers/custom-resources.ts';
import { controlDaemonSets } from './controllers/daemon-sets.ts';
import { controlDeployments } from './controllers/deployments.ts';
import { controlEndpoints } from './controllers/endpoints.ts';
import { collectGarbage } from './controllers/garbage-collector.ts';
import { controlAutoscalers } from './controllers/horizontal-pod-autoscalers.ts';
import { controlJobs } from './controllers/jobs.ts';
import { controlLoadBalancers } from './controllers/load-balancers.ts';
import { controlNamespaces } from './controllers/namespaces.ts';
import { controlNodeLifecycle } from './controllers/node-lifecycle.ts';
import { controlDisruptionBudgets } from './controllers/pod-disruption-budgets.ts';
import { controlReplicaSets } from './controllers/replica-sets.ts';
import { controlServiceAccounts } from './controllers/service-accounts.ts';
import { controlStatefulSets } from './controllers/stateful-sets.ts';
import { controlTargetGroupBindings } from './controllers/target-group-bindings.ts';
import { controlVolumes } from './controllers/volumes.ts';

export const CONTROLLERS: Controller[] = [
  controlCustomResources,
  controlNamespaces,
  collectGarbage,
  controlServiceAccounts,
  controlDeployments,
  controlReplicaSets,
  controlStatefulSets,
  controlDaemonSets,
  controlCronJobs,
  controlJobs,
  controlAutoscalers,
  controlDisruptionBudgets,
  controlVolumes,
  controlEndpoints,
  controlLoadBalancers,
  controlTargetGroupBindings,
  controlNodeLifecycle,
];
