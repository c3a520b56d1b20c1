import { ListHealthChecksCommand, ListHostedZonesCommand, Route53Client } from '@aws-sdk/client-route-53';
import { DnsRecords } from '../../../../src/gateways/aws/dns-records.ts';
import type { TemplateResource } from '../../../../src/rehearsal/assembly/assembly.ts';
import { clientOf, type Place, REGION } from '../place.ts';
import { errorOf, type Suite } from '../suite.ts';

async function zoneOf(place: Place): Promise<string> {
  const { HostedZones } = await clientOf(place, Route53Client).send(new ListHostedZonesCommand({}));
  return HostedZones?.[0]?.Id?.replace('/hostedzone/', '') ?? '';
}

async function checks(place: Place): Promise<string[]> {
  const { HealthChecks } = await clientOf(place, Route53Client).send(new ListHealthChecksCommand({}));
  return (HealthChecks ?? []).map(({ Id }) => Id ?? '');
}

const record = (name: string, more: Record<string, unknown>): TemplateResource => ({
  Type: 'AWS::Route53::RecordSet',
  Properties: { HostedZoneId: { Ref: 'Zone' }, Name: name, Type: 'CNAME', TTL: '60', ...more },
});

export const dnsRecords: Suite<DnsRecords> = {
  gateway: DnsRecords,
  resources: {
    Zone: { Type: 'AWS::Route53::HostedZone', Properties: { Name: 'example.com' } },
    Alarm: {
      Type: 'AWS::CloudWatch::Alarm',
      Properties: {
        ...{ AlarmName: 'on-standby', Namespace: 'Lifeboat', MetricName: 'OnStandby', Statistic: 'Maximum' },
        ...{ Period: 60, EvaluationPeriods: 1, Threshold: 1, ComparisonOperator: 'GreaterThanOrEqualToThreshold' },
      },
    },
    Check: {
      Type: 'AWS::Route53::HealthCheck',
      Properties: {
        HealthCheckConfig: {
          Type: 'CLOUDWATCH_METRIC',
          AlarmIdentifier: { Name: 'on-standby', Region: REGION },
          InsufficientDataHealthStatus: 'LastKnownStatus',
        },
      },
    },
    Primary: record('orders.example.com', {
      ...{ SetIdentifier: 'primary', Failover: 'PRIMARY', HealthCheckId: { Ref: 'Check' } },
      ResourceRecords: ['primary.example.net'],
    }),
    Standby: record('orders.example.com', {
      ...{ SetIdentifier: 'standby', Failover: 'SECONDARY', ResourceRecords: ['standby.example.net'] },
    }),
    Other: record('wiki.example.com', { ResourceRecords: ['wiki.example.net'] }),
  },
  connect: ({ wires }) => new DnsRecords(wires),
  cases: {
    of: [
      {
        title: 'answers the records of one name and no other',
        ask: async (dns, place) => {
          const found = await dns.of(await zoneOf(place), 'orders.example.com');
          const [check] = await checks(place);
          return found.map(({ failover, value, healthCheckId }) => [failover, value, healthCheckId === check]);
        },
        answers: [
          ['PRIMARY', 'primary.example.net', true],
          ['SECONDARY', 'standby.example.net', false],
        ],
      },
      {
        title: 'answers none for a name that is not there',
        ask: async (dns, place) => dns.of(await zoneOf(place), 'no.example.com'),
        answers: [],
      },
      {
        title: 'throws when there is no such zone',
        ask: (dns) => errorOf(dns.of('Z0000000000000', 'orders.example.com')),
        answers: 'NoSuchHostedZone',
      },
    ],
    healthCheck: [
      {
        title: 'knows which alarm a check follows',
        ask: async (dns, place) => dns.healthCheck((await checks(place))[0] ?? ''),
        answers: { type: 'CLOUDWATCH_METRIC', alarm: 'on-standby', disabled: false, inverted: false },
        moto: {
          differs: 'route53-alarm',
          answers: { type: 'CLOUDWATCH_METRIC', alarm: undefined, disabled: false, inverted: false },
        },
      },
      {
        title: 'answers nothing for one that is not there',
        ask: (dns) => dns.healthCheck('00000000-0000-0000-0000-000000000000'),
        answers: undefined,
      },
    ],
  },
};
