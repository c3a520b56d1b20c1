import { Aws, RemovalPolicy } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { LifeboatStack } from '../stack.ts';
import type { Grant } from './role.ts';

/**
 * What encrypts the backups in a site's region. The standby needs no key of the primary's: replication decrypts with
 * the one and encrypts with the other. Whoever loses the key loses every backup, locked or not, so nobody may end it
 * before having changed its policy, and is seen doing so.
 */
export function backupKey(stack: LifeboatStack): Key {
  const key = new Key(stack, 'BackupKey', {
    alias: stack.names.backupKeyAlias,
    description: `Encrypts the backups of ${stack.plan.name} in this region`,
    enableKeyRotation: true,
    removalPolicy: RemovalPolicy.RETAIN,
  });
  key.addToResourcePolicy(
    new PolicyStatement({
      sid: 'NobodyEndsIt',
      effect: Effect.DENY,
      actions: ['kms:DisableKey', 'kms:ScheduleKeyDeletion'],
      principals: [new AnyPrincipal()],
      resources: ['*'],
    }),
  );
  return key;
}

type KeyAction = 'Decrypt' | 'Encrypt' | 'GenerateDataKey';

/**
 * To read what the key of a site encrypts (Decrypt), to write (GenerateDataKey; in parts, Decrypt too), and to be
 * replicated to. By S3 alone, and by the key's alias: its id is another stack's to know. Nothing where S3's own keys
 * encrypt. https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html,
 * https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
 */
export function useBackupKey(
  { names, plan }: Pick<LifeboatStack, 'names' | 'plan'>,
  site: 'primary' | 'standby',
  ...actions: KeyAction[]
): Grant[] {
  if (plan.stores.backups.encryption !== 'kms') return [];
  const { region } = plan.sites[site];
  return [
    {
      actions: actions.map((action) => `kms:${action}`),
      on: [`arn:aws:kms:${region}:${Aws.ACCOUNT_ID}:key/*`],
      when: {
        StringEquals: { 'kms:ViaService': `s3.${region}.amazonaws.com` },
        'ForAnyValue:StringEquals': { 'kms:ResourceAliases': names.backupKeyAlias },
      },
      because: "The key's id is made by another stack; its alias is required instead.",
    },
  ];
}
