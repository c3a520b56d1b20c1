import { setTimeout as sleep } from 'node:timers/promises';
import { ECRClient, PutImageCommand } from '@aws-sdk/client-ecr';
import { CreateAliasCommand, CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { PutBucketVersioningCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn';
import type { TemplateResource } from '../../../src/rehearsal/assembly/assembly.ts';
import { motoUrl, motoWires } from './moto.ts';
import { clientOf, MACHINES_ROLE, type Place, REGION } from './place.ts';

/** moto, emptied. There is one server, so there is one such place at a time. */
export async function motoPlace(): Promise<Place> {
  await fetch(new URL('/moto-api/reset', motoUrl()), { method: 'POST' });
  return {
    name: 'moto',
    wires: motoWires,
    now: () => new Date(),
    sleep: (milliseconds) => sleep(milliseconds),
    deploy,
    machine,
    push,
    during: (work) => work(),
  };
}

/** By CloudFormation, as the twin's: the same template, but for what moto's CloudFormation has not or leaves out. */
async function deploy(resources: Record<string, TemplateResource>): Promise<void> {
  const all = Object.entries(resources).filter(([, { Type }]) => Type !== 'AWS::CloudWatch::Alarm');
  const keys = all.filter(([, { Type }]) => Type.startsWith('AWS::KMS::'));
  const rest = all.filter((one) => !keys.includes(one));
  await createKeys(Object.fromEntries(keys));
  if (rest.length > 0) await createStack(Object.fromEntries(rest));
  const client = clientOf({ wires: motoWires }, S3Client);
  for (const [, { Type, Properties }] of rest) {
    if (Type !== 'AWS::S3::Bucket' || Properties?.VersioningConfiguration === undefined) continue;
    const { BucketName: Bucket, VersioningConfiguration } = Properties;
    await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
  }
}

/** moto's CloudFormation makes every key symmetric. */
async function createKeys(resources: Record<string, TemplateResource>): Promise<void> {
  const client = clientOf({ wires: motoWires }, KMSClient);
  for (const { Properties: alias } of Object.values(resources)) {
    if (alias?.AliasName === undefined) continue;
    const { KeySpec, KeyUsage } = resources[alias.TargetKeyId.Ref]?.Properties ?? {};
    const { KeyMetadata } = await client.send(new CreateKeyCommand({ KeySpec, KeyUsage }));
    const TargetKeyId = KeyMetadata?.KeyId;
    await client.send(new CreateAliasCommand({ AliasName: alias.AliasName, TargetKeyId }));
  }
}

async function createStack(Resources: Record<string, TemplateResource>): Promise<void> {
  const scope = `test/20260301/${REGION}/cloudformation/aws4_request`;
  const answer = await fetch(motoUrl(), {
    method: 'POST',
    headers: { authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0` },
    body: new URLSearchParams({
      Action: 'CreateStack',
      Version: '2010-05-15',
      StackName: 'stack',
      TemplateBody: JSON.stringify({ Resources }),
    }),
  });
  if (!answer.ok) throw new Error(`moto cannot deploy this: ${await answer.text()}`);
}

async function machine(name: string, definition: unknown): Promise<string> {
  const { stateMachineArn } = await clientOf({ wires: motoWires }, SFNClient).send(
    new CreateStateMachineCommand({ name, definition: JSON.stringify(definition), roleArn: MACHINES_ROLE }),
  );
  return stateMachineArn ?? '';
}

async function push(repositoryName: string, imageTag: string): Promise<string> {
  const layer = {
    mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
    size: 1,
    digest: `sha256:${'1'.repeat(64)}`,
  };
  const config = { mediaType: 'application/vnd.oci.image.config.v1+json', size: 1, digest: `sha256:${'2'.repeat(64)}` };
  const imageManifest = JSON.stringify({
    ...{ schemaVersion: 2, mediaType: 'application/vnd.oci.image.manifest.v1+json', config, layers: [layer] },
    annotations: { tag: imageTag },
  });
  const { image } = await clientOf({ wires: motoWires }, ECRClient).send(
    new PutImageCommand({ repositoryName, imageManifest, imageTag }),
  );
  return image?.imageId?.imageDigest ?? '';
}
