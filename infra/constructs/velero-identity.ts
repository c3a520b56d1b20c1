import { CfnPodIdentityAssociation } from 'aws-cdk-lib/aws-eks';
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { LifeboatStack } from '../stack.ts';
import { useBackupKey } from './backup-key.ts';
import type { Grant } from './role.ts';
import { LifeboatRole } from './role.ts';

/**
 * A restore of volumes that outlives its session fails with an expired token.
 * https://github.com/vmware-tanzu/velero/issues/8173
 */
const LONGEST_SESSION_SECONDS = 43_200;

const WRITE = ['s3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'];

/**
 * Who Velero is in a site's cluster. In the primary it keeps its own prefix of the bucket. In the standby it reads
 * its prefix of the replica and writes records of restores alone there: it writes those whatever its storage location's
 * access mode, and nothing else there may change, since the primary is the one to write it. What it backs up itself
 * when the platform is its own lies beside that.
 * https://github.com/vmware-tanzu/velero-plugin-for-aws#set-permissions-for-velero
 */
export class VeleroIdentity extends Construct {
  constructor(stack: LifeboatStack, site: 'primary' | 'standby', after?: Construct) {
    super(stack, 'Velero');
    const { names, plan } = stack;
    const { bucket, replica } = plan.stores.backups;
    const own = names.bucketArn(site === 'primary' ? bucket : replica);
    const role = new LifeboatRole(this, 'Role', stack, {
      name: `velero-${site}`,
      for: 'pods.eks.amazonaws.com',
      grants: [
        // Without it a key that is not there is answered 403, not 404, and Velero gives up.
        { actions: ['s3:ListBucket'], on: [own] },
        ...(site === 'primary' ? writes(own) : reads(own)),
        ...useBackupKey(stack, site, 'Decrypt', 'GenerateDataKey'),
      ],
      denies: site === 'primary' ? [] : [changesNothingElse(own)],
      maxSessionSeconds: LONGEST_SESSION_SECONDS,
    });
    const association = new CfnPodIdentityAssociation(this, 'Association', {
      clusterName: plan.sites[site].cluster,
      namespace: 'velero',
      serviceAccount: 'velero',
      roleArn: role.arn,
    });
    if (after) association.node.addDependency(after);
  }
}

function writes(bucket: string): Grant[] {
  const on = [`${bucket}/velero/*`];
  return [{ actions: ['s3:GetObject', ...WRITE], on, because: "Velero's own prefix of its bucket." }];
}

function reads(bucket: string): Grant[] {
  const records = [`${bucket}/velero/restores/*`];
  return [
    { actions: ['s3:GetObject'], on: [`${bucket}/velero/*`], because: "Velero's own prefix of its bucket." },
    { actions: WRITE, on: records, because: 'Records of restores not yet known.' },
    {
      actions: ['s3:GetObject', ...WRITE],
      on: [`${bucket}/velero-standby/*`],
      because: "The standby's own backups, taken after a failover.",
    },
  ];
}

function changesNothingElse(bucket: string): PolicyStatement {
  return new PolicyStatement({
    effect: Effect.DENY,
    actions: ['s3:PutObject', 's3:DeleteObject', 's3:DeleteObjectVersion'],
    notResources: [`${bucket}/velero/restores/*`, `${bucket}/velero-standby/*`],
  });
}
