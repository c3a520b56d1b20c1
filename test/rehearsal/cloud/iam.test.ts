import { describe, expect, it } from '@jest/globals';
import { allow, asRole, CoreTwin, deny, OPERATOR, roleArn, roleNamed } from './core-twin.ts';

const REGION = 'eu-west-1';
const OBJECT = 'arn:aws:s3:::backups/velero/a';

const withRole = (...statements: unknown[]): CoreTwin => {
  const twin = new CoreTwin();
  twin.deploy({ Role: roleNamed('reader', 'lambda.amazonaws.com', ...statements) });
  return twin;
};
const judge = (twin: CoreTwin, action: string, resource: string, context?: Record<string, string>) =>
  twin.iam.judge(asRole('reader'), { action, resource, ...(context === undefined ? {} : { context }) }, REGION);

describe('IAM', () => {
  it('denies what nothing allows, and says which role lacks what', () => {
    expect(judge(withRole(), 's3:GetObject', OBJECT)).toBe(
      `no statement of role reader allows s3:GetObject on ${OBJECT}`,
    );
  });

  it('allows by wildcards in actions and resources', () => {
    const twin = withRole(allow('s3:Get*', 'arn:aws:s3:::backups/velero/*'));
    expect(judge(twin, 's3:GetObject', OBJECT)).toBeUndefined();
    expect(judge(twin, 's3:PutObject', OBJECT)).toBeDefined();
  });

  it('compares actions without regard to case, and resources with it', () => {
    const twin = withRole(allow('s3:getobject', 'arn:aws:s3:::Backups/*'));
    expect(judge(twin, 's3:GetObject', 'arn:aws:s3:::Backups/a')).toBeUndefined();
    expect(judge(twin, 's3:GetObject', OBJECT)).toBeDefined();
  });

  it('names the statement that allows the action elsewhere only', () => {
    const why = judge(withRole(allow('s3:GetObject', 'arn:aws:s3:::other/*')), 's3:GetObject', OBJECT);
    expect(why).toContain('statement 1 of inline allows it only on arn:aws:s3:::other/*');
  });

  it('lets an explicit deny beat every allow', () => {
    const twin = withRole(allow('*'), deny('s3:*', 'arn:aws:s3:::backups/*'));
    expect(judge(twin, 's3:GetObject', OBJECT)).toBe('statement 2 of inline of role reader denies it explicitly');
    expect(judge(twin, 's3:GetObject', 'arn:aws:s3:::other/a')).toBeUndefined();
  });

  it('takes NotAction and NotResource as all others', () => {
    const twin = withRole({ Effect: 'Allow', NotAction: 'iam:*', NotResource: 'arn:aws:s3:::secret/*' });
    expect(judge(twin, 's3:GetObject', OBJECT)).toBeUndefined();
    expect(judge(twin, 'iam:CreateRole', roleArn('x'))).toBeDefined();
    expect(judge(twin, 's3:GetObject', 'arn:aws:s3:::secret/a')).toBeDefined();
  });

  it.each([
    [{ StringEquals: { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' } }, true],
    [{ StringEquals: { 'kms:ViaService': ['a', 's3.eu-west-1.amazonaws.com'] } }, true],
    [{ StringLike: { 'kms:ViaService': 's3.*.amazonaws.com' } }, true],
    [{ StringNotEquals: { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' } }, false],
    [{ StringEquals: { 'aws:RequestedRegion': 'eu-west-1' } }, true],
    [{ StringEquals: { 'aws:RequestedRegion': 'us-east-1' } }, false],
    [{ Bool: { 'aws:SecureTransport': 'true' } }, true],
    [{ ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/read*' } }, true],
    [{ ArnEquals: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/writ*' } }, false],
    [{ NumericLessThan: { 'kms:Size': '10' } }, true],
    [{ NumericGreaterThanEquals: { 'kms:Size': '10' } }, false],
    [{ Null: { 'kms:ViaService': 'false' } }, true],
    [{ 'ForAnyValue:StringEquals': { 'kms:ViaService': ['s3.eu-west-1.amazonaws.com'] } }, true],
    [{ StringEqualsIfExists: { 'aws:SourceArn': 'x' } }, true],
    [{ StringEquals: { 'aws:SourceArn': 'x' } }, false],
  ])('judges the condition %j: %s', (condition, allowed) => {
    const twin = withRole(allow('kms:Decrypt', '*', condition));
    const given = { 'kms:ViaService': 's3.eu-west-1.amazonaws.com', 'kms:Size': '9' };
    expect(judge(twin, 'kms:Decrypt', 'arn:aws:x:::y', given) === undefined).toBe(allowed);
  });

  it('denies by a condition key or an operator that it does not know, and names it', () => {
    const byKey = withRole(allow('s3:GetObject', '*', { StringNotEquals: { 's3:Weather': 'rain' } }));
    expect(judge(byKey, 's3:GetObject', OBJECT)).toContain('s3:Weather');
    const byOperator = withRole(allow('s3:GetObject', '*', { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }));
    expect(judge(byOperator, 's3:GetObject', OBJECT)).toContain('IpAddress');
  });

  it('denies by an intrinsic function that nobody resolved', () => {
    const twin = new CoreTwin();
    const role = twin.iam.addRole('reader', { Statement: [] });
    twin.iam.attach(role, { Statement: [allow('s3:GetObject', { 'Fn::Wrong': 'x' })] }, 'odd');
    expect(judge(twin, 's3:GetObject', OBJECT)).toContain('Fn::Wrong');
  });

  it('fills in policy variables', () => {
    const twin = withRole(allow('s3:GetObject', `arn:aws:s3:::b-\${aws:PrincipalAccount}/*`));
    expect(judge(twin, 's3:GetObject', 'arn:aws:s3:::b-111122223333/x')).toBeUndefined();
    expect(judge(twin, 's3:GetObject', 'arn:aws:s3:::b-4/x')).toBeDefined();
  });

  it('lets the policy of a bucket allow or deny by itself within the account', () => {
    const twin = withRole();
    const Principal = { AWS: roleArn('reader') };
    twin.iam.resourcePolicy('arn:aws:s3:::backups', {
      Statement: [
        { ...allow('s3:GetObject', 'arn:aws:s3:::backups/*'), Principal },
        { ...deny('s3:GetObject', 'arn:aws:s3:::backups/locked/*'), Principal: '*' },
      ],
    });
    expect(judge(twin, 's3:GetObject', OBJECT)).toBeUndefined();
    expect(judge(twin, 's3:GetObject', 'arn:aws:s3:::backups/locked/a')).toContain('denies it explicitly');
    const admin = twin.iam.judge(
      OPERATOR,
      { action: 's3:GetObject', resource: 'arn:aws:s3:::backups/locked/a' },
      REGION,
    );
    expect(admin).toContain('denies it explicitly');
  });

  it('asks the key policy for every use of a key, which may leave it to the account', () => {
    const key = 'arn:aws:kms:eu-west-1:111122223333:key/1';
    const root = { AWS: 'arn:aws:iam::111122223333:root' };
    const delegating = withRole(allow('kms:Sign', key));
    delegating.iam.resourcePolicy(key, { Statement: [{ ...allow('kms:*'), Principal: root }] });
    expect(judge(delegating, 'kms:Sign', key)).toBeUndefined();
    expect(judge(delegating, 'kms:Decrypt', key)).toContain('no statement of role reader allows kms:Decrypt');
    const silent = withRole(allow('kms:Sign', key));
    silent.iam.resourcePolicy(key, { Statement: [{ ...allow('kms:Sign'), Principal: { AWS: roleArn('other') } }] });
    expect(judge(silent, 'kms:Sign', key)).toContain(`the policy of ${key}`);
    const direct = withRole();
    direct.iam.resourcePolicy(key, { Statement: [{ ...allow('kms:Sign'), Principal: { AWS: roleArn('reader') } }] });
    expect(judge(direct, 'kms:Sign', key)).toBeUndefined();
  });

  it('says why a service cannot take a role', () => {
    const twin = withRole();
    expect(twin.iam.assumeRoleProblem('lambda.amazonaws.com', roleArn('reader'))).toBeUndefined();
    expect(twin.iam.assumeRoleProblem('states.amazonaws.com', roleArn('reader'))).toContain('states.amazonaws.com');
    expect(twin.iam.assumeRoleProblem('states.amazonaws.com', roleArn('nobody'))).toContain('does not exist');
  });

  it('asks for sts:TagSession where EKS Pod Identity takes a role', () => {
    const twin = new CoreTwin();
    const trust = (...Action: string[]) => ({
      Statement: [{ Effect: 'Allow', Principal: { Service: 'pods.eks.amazonaws.com' }, Action }],
    });
    twin.iam.addRole('one', trust('sts:AssumeRole'));
    twin.iam.addRole('both', trust('sts:AssumeRole', 'sts:TagSession'));
    expect(twin.iam.assumeRoleProblem('pods.eks.amazonaws.com', roleArn('one'))).toContain('sts:TagSession');
    expect(twin.iam.assumeRoleProblem('pods.eks.amazonaws.com', roleArn('both'))).toBeUndefined();
  });

  it('keeps to the permissions boundary', () => {
    const twin = new CoreTwin();
    const boundary = {
      Type: 'AWS::IAM::ManagedPolicy',
      Properties: { PolicyDocument: { Statement: [allow('sqs:*')] } },
    };
    const role = roleNamed('reader', 'lambda.amazonaws.com', allow('*'));
    twin.deploy({
      Role: { ...role, Properties: { ...role.Properties, PermissionsBoundary: { Ref: 'Boundary' } } },
      Boundary: boundary,
    });
    expect(judge(twin, 's3:GetObject', OBJECT)).toContain('permissions boundary');
  });

  it('tells which granted actions were used', () => {
    const twin = withRole(allow(['s3:GetObject', 's3:PutObject']), deny('s3:DeleteObject'));
    judge(twin, 's3:GetObject', OBJECT);
    judge(twin, 's3:GetObject', OBJECT);
    const grant = { role: 'reader', policy: 'inline', statement: 1 };
    expect(twin.iam.usage()).toEqual([
      { ...grant, action: 's3:GetObject', used: true },
      { ...grant, action: 's3:PutObject', used: false },
    ]);
  });

  it('lets the operator do everything from the start', () => {
    const twin = new CoreTwin();
    expect(
      twin.iam.judge(OPERATOR, { action: 'states:StartExecution', resource: 'arn:aws:states:::x' }, REGION),
    ).toBeUndefined();
  });

  it('decides anew when a policy is added', () => {
    const twin = withRole();
    expect(judge(twin, 's3:GetObject', OBJECT)).toBeDefined();
    const role = twin.iam.role('reader');
    if (role !== undefined) twin.iam.attach(role, { Statement: allow('s3:GetObject') }, 'more');
    expect(judge(twin, 's3:GetObject', OBJECT)).toBeUndefined();
  });
});
