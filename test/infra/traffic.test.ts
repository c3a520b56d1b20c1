import { describe, expect, it } from '@jest/globals';
import { assemble, type Placed, resources, text } from './assembly.ts';

const assembly = assemble();
const { entryPoints } = assembly.plan;
const standby = (type: string) => resources(assembly, type).filter(({ stack }) => stack === 'standby');
const named = (type: string, name: string): Placed | undefined =>
  standby(type).find(({ Properties }) => Properties.Name === name);
const kind = (entryPoint: (typeof entryPoints)[number]) =>
  entryPoint.target.kind === 'Service' ? 'network' : 'application';

describe.each(entryPoints.map((entryPoint) => [entryPoint.name, entryPoint] as const))(
  'the entry point %s',
  (name, entryPoint) => {
    const balancer = named('AWS::ElasticLoadBalancingV2::LoadBalancer', `lb-${name}`);

    it('has a load balancer of its kind, in public subnets, that is not deleted by mistake', () => {
      expect(balancer?.Properties).toMatchObject({ Type: kind(entryPoint), Scheme: 'internet-facing' });
      expect(balancer?.Properties.Subnets.map(text).join()).toMatch(/Public/);
      expect(balancer?.Properties.LoadBalancerAttributes).toContainEqual({
        Key: 'deletion_protection.enabled',
        Value: 'true',
      });
    });

    it("has a target group for each backend, that the standby's cluster may fill", () => {
      for (const [index, backend] of entryPoint.backends.entries()) {
        const group = named('AWS::ElasticLoadBalancingV2::TargetGroup', `tg-${name}-${index}`);
        expect(group?.Properties).toMatchObject({
          TargetType: 'ip',
          Port: backend.port,
          HealthCheckPath: entryPoint.health,
          Tags: [{ Key: 'eks:eks-cluster-name', Value: assembly.plan.sites.standby.cluster }],
        });
      }
    });

    it('sends each path to its backend, longer paths first', () => {
      const listener = standby('AWS::ElasticLoadBalancingV2::Listener').find(
        ({ Properties }) => Properties.LoadBalancerArn.Ref === balancer?.id,
      );
      const rules = standby('AWS::ElasticLoadBalancingV2::ListenerRule')
        .filter(({ Properties }) => Properties.ListenerArn.Ref === listener?.id)
        .toSorted((a, b) => a.Properties.Priority - b.Properties.Priority);
      if (kind(entryPoint) === 'network') {
        expect(listener?.Properties).toMatchObject({ Protocol: 'TCP', Port: entryPoint.backends[0]?.port });
        expect(rules).toEqual([]);
      } else {
        expect(listener?.Properties).toMatchObject({ Protocol: 'HTTP', Port: 80 });
        const paths = rules.map(({ Properties }) => Properties.Conditions[0].PathPatternConfig.Values[0]);
        expect(paths).toHaveLength(entryPoint.backends.length);
        expect(paths.map((path: string) => path.length)).toEqual(
          paths.map((path: string) => path.length).toSorted((a, b) => b - a),
        );
      }
    });

    it('is let in to the pods, and nobody else is', () => {
      const opening = standby('AWS::EC2::SecurityGroupIngress').filter(({ id }) => id.startsWith(`EntryPoint${name}`));
      expect(opening).toHaveLength(1);
      expect(text(opening[0]?.Properties.GroupId)).toMatch(/ClusterSecurityGroupId/);
    });

    it('has its traffic moved by a metric in the standby, by no edit of a record', () => {
      const alarm = standby('AWS::CloudWatch::Alarm').find(
        ({ Properties }) => Properties.AlarmName === `lifeboat-knative-lambda-${name}-on-standby`,
      );
      expect(alarm?.Properties).toMatchObject({
        Namespace: 'Lifeboat',
        MetricName: 'OnStandby',
        Dimensions: [
          { Name: 'Plan', Value: 'knative-lambda' },
          { Name: 'EntryPoint', Value: name },
        ],
        TreatMissingData: 'ignore',
      });
      const check = standby('AWS::Route53::HealthCheck').find(
        ({ Properties }) => Properties.HealthCheckConfig.AlarmIdentifier.Name === alarm?.Properties.AlarmName,
      );
      expect(check?.Properties.HealthCheckConfig).toMatchObject({
        Type: 'CLOUDWATCH_METRIC',
        InsufficientDataHealthStatus: 'LastKnownStatus',
      });
      const records = standby('AWS::Route53::RecordSet').filter(
        ({ Properties }) => Properties.Name === entryPoint.host,
      );
      expect(records.map(({ Properties }) => [Properties.Failover, Properties.ResourceRecords.map(text)])).toEqual([
        ['PRIMARY', [entryPoint.primary]],
        ['SECONDARY', [`<${balancer?.id}.DNSName>`]],
      ]);
      expect(records[0]?.Properties.HealthCheckId).toEqual({ Ref: check?.id });
      expect(records[1]?.Properties.HealthCheckId).toBeUndefined();
    });

    it("is watched in the primary, and its alarm's silence is no answer", () => {
      const alarm = resources(assembly, 'AWS::CloudWatch::Alarm').find(
        ({ Properties }) => Properties.AlarmName === `lifeboat-knative-lambda-${name}-down`,
      );
      expect(alarm?.stack).toBe('signals');
      expect(alarm?.Properties).toMatchObject({ MetricName: 'HealthCheckStatus', TreatMissingData: 'missing' });
      const check = assembly.templates.signals?.Resources[alarm?.Properties.Dimensions[0].Value.Ref];
      expect(check?.Properties.HealthCheckConfig).toMatchObject({
        FullyQualifiedDomainName: entryPoint.primary,
        // Every ten seconds is paid for: the first tier's begin a run, the others' have to agree.
        RequestInterval: entryPoint.tier === 'critical' ? 10 : 30,
        FailureThreshold: 3,
        // A rule of an Ingress answers to its host alone, which a health check of the load balancer's own name never says.
        ...(entryPoint.target.kind === 'Ingress' ? { Type: 'TCP' } : { Type: 'HTTP', ResourcePath: entryPoint.health }),
      });
    });
  },
);

describe('the standby', () => {
  it('has a cluster that nobody administers by having made it, and that is not deleted by mistake', () => {
    const [cluster] = standby('AWS::EKS::Cluster');
    expect(cluster?.Properties).toMatchObject({
      Name: assembly.plan.sites.standby.cluster,
      DeletionProtection: true,
      AccessConfig: { AuthenticationMode: 'API', BootstrapClusterCreatorAdminPermissions: false },
      ComputeConfig: { Enabled: true },
      StorageConfig: { BlockStorage: { Enabled: true } },
      KubernetesNetworkConfig: { ElasticLoadBalancing: { Enabled: true } },
    });
  });

  it('avoids the zone in which EKS has no control plane', () => {
    const zones = standby('AWS::EC2::Subnet').map(({ Properties }) => Properties.AvailabilityZoneId);
    expect([...new Set(zones)]).toEqual(['use1-az1', 'use1-az2', 'use1-az4']);
  });

  it('lets in every function that speaks to its API', () => {
    const admitted = standby('AWS::EKS::AccessEntry').map(
      ({ Properties }) => text(Properties.PrincipalArn).split('/')[1],
    );
    expect(admitted.toSorted()).toEqual(
      [
        'bind-entry-points',
        'capture-primary',
        'check-tier',
        'confirm-loss',
        'protect-cluster',
        'prove-tier',
        'reserve-capacity',
        'restore-tier',
        'sync-backups',
      ].map((name) => `lifeboat-knative-lambda-${name}`),
    );
  });
});
