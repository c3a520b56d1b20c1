import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { Wires } from '../wires.ts';
import { connect } from './client.ts';

/** Who the credentials in use belong to, by the given region's own STS. */
export async function identityIn(wires: Wires, region: string): Promise<{ arn: string; account: string }> {
  const { Arn, Account } = await connect(wires, STSClient, region).send(new GetCallerIdentityCommand({}));
  return { arn: Arn ?? 'unknown', account: Account ?? '' };
}
