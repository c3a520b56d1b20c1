import { CfnAddon } from 'aws-cdk-lib/aws-eks';
import type { Construct } from 'constructs';
import { backupBucket } from './constructs/backup-bucket.ts';
import { accessLogsBucket, admitLogs, sendEvents } from './constructs/bucket.ts';
import { ClusterAccess } from './constructs/cluster-access.ts';
import { DeadLetterQueue } from './constructs/dead-letter-queue.ts';
import { EventRule } from './constructs/event-rule.ts';
import { peopleTopicArn } from './constructs/people-topic.ts';
import { replicate } from './constructs/replication.ts';
import { VeleroIdentity } from './constructs/velero-identity.ts';
import { sealArrived } from './control-bus.ts';
import { EntryPoint } from './entry-point.ts';
import type { Given } from './stack.ts';
import { LifeboatStack } from './stack.ts';
import { StandbyCluster } from './standby-cluster.ts';
import { StandbyNetwork } from './standby-network.ts';
import { storageAlarm } from './storage-alarm.ts';
import { TrafficSwitch } from './traffic-switch.ts';

/** Where the platform comes back: all that cannot be made on the day, and by its posture the cluster. */
export class StandbyStack extends LifeboatStack {
  constructor(scope: Construct, given: Given) {
    super(scope, given, {
      stack: 'standby',
      region: given.plan.sites.standby.region,
      description: 'Lifeboat: the replica of the backups, and the network, cluster and entry points of the standby',
    });
    const logs = accessLogsBucket(this);
    const replica = backupBucket(this, 'Replica', logs, this.plan.stores.backups.replica);
    replicate(this, replica, 'standby');
    sendEvents(replica);
    const topic = peopleTopicArn(this, 'standby');
    storageAlarm(this, topic);
    this.#tellOfSeals(topic);
    const { vpc } = new StandbyNetwork(this, logs);
    const cluster = new StandbyCluster(this, vpc);
    new VeleroIdentity(this, 'standby', cluster);
    if (this.plan.stores.backups.volumes === 'snapshots') this.#takeSnapshots(cluster);
    this.#access(cluster);
    if (this.plan.entryPoints.some(({ target }) => target.kind === 'Ingress'))
      admitLogs(logs, 'logdelivery.elasticloadbalancing.amazonaws.com', 'load-balancers');
    for (const plan of this.plan.entryPoints) {
      const entryPoint = new EntryPoint({ stack: this, vpc, cluster, logs }, plan);
      new TrafficSwitch(this, plan, entryPoint.dnsName);
    }
  }

  /**
   * For the backups that the platform needs here too, once it has come. Auto Mode has the driver, and not this.
   * https://docs.aws.amazon.com/eks/latest/userguide/csi-snapshot-controller.html
   */
  #takeSnapshots({ resource }: StandbyCluster): void {
    new CfnAddon(this, 'SnapshotController', { clusterName: resource.ref, addonName: 'snapshot-controller' });
  }

  #tellOfSeals(topic: string): void {
    const deadLetters = new DeadLetterQueue(this, 'DeadLetters', { stack: this, reader: 'seals', topic }).arn;
    new EventRule(this, 'SealsToControl', {
      name: 'seals-to-control',
      what: 'Seals that arrive in the standby, told to the control region',
      pattern: sealArrived(this.plan),
      target: { kind: 'bus', arn: this.names.busArn, deadLetters },
    });
  }

  #access(cluster: StandbyCluster): void {
    const admin = 'AmazonEKSClusterAdminPolicy' as const;
    const admitted = {
      'confirm-loss': 'nothing but health' as const,
      // It compares where both sites are in Git.
      ...(this.plan.stores.git && { 'capture-primary': 'AmazonEKSAdminViewPolicy' as const }),
      'protect-cluster': admin,
      'sync-backups': admin,
      'reserve-capacity': admin,
      'restore-tier': admin,
      'bind-entry-points': admin,
      'prove-tier': admin,
      'check-tier': admin,
    };
    new ClusterAccess(this, 'standby', admitted, cluster);
  }
}
