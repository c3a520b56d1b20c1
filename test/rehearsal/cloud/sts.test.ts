import { describe, expect, it } from '@jest/globals';
import { ACCOUNT, allow, asRole, CoreTwin, roleArn, roleNamed } from './core-twin.ts';

const trusting = (who: string) => {
  const role = roleNamed('target', 'lambda.amazonaws.com');
  return {
    ...role,
    Properties: {
      ...role.Properties,
      AssumeRolePolicyDocument: { Statement: [{ Effect: 'Allow', Principal: { AWS: who }, Action: 'sts:AssumeRole' }] },
    },
  };
};
const assume = (twin: CoreTwin) =>
  twin.call('sts', 'AssumeRole', { RoleArn: roleArn('target'), RoleSessionName: 's' }, asRole('caller'));

describe('STS', () => {
  it('says who the caller is, without any permission', async () => {
    const twin = new CoreTwin();
    twin.deploy({ Caller: roleNamed('caller', 'lambda.amazonaws.com') });
    expect(await twin.call('sts', 'GetCallerIdentity', {}, asRole('caller'))).toMatchObject({
      Account: ACCOUNT,
      Arn: `arn:aws:sts::${ACCOUNT}:assumed-role/caller/test`,
    });
  });

  it('gives a role to those whom it trusts, and remembers whose the key is', async () => {
    const twin = new CoreTwin();
    twin.deploy({ Caller: roleNamed('caller', 'lambda.amazonaws.com'), Target: trusting(roleArn('caller')) });
    const { Credentials } = await assume(twin);
    expect(twin.world.credentials.get(Credentials.AccessKeyId)).toBe(roleArn('target'));
  });

  it('asks the caller’s own policies where the role trusts the account', async () => {
    const twin = new CoreTwin();
    twin.deploy({
      Caller: roleNamed('caller', 'lambda.amazonaws.com'),
      Target: trusting(`arn:aws:iam::${ACCOUNT}:root`),
    });
    await expect(assume(twin)).rejects.toMatchObject({ name: 'AccessDeniedException' });
    const role = twin.iam.role('caller');
    if (role !== undefined) twin.iam.attach(role, { Statement: [allow('sts:AssumeRole')] }, 'more');
    await expect(assume(twin)).resolves.toBeDefined();
  });
});
