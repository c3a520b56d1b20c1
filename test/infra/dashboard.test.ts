import { describe, expect, it } from '@jest/globals';
import { tierStores } from '../../src/plan/stores.ts';
import { type Assembly, assemble, resources, text } from './assembly.ts';

type Widget = {
  type: string;
  x: number;
  y: number;
  width: number;
  height: number;
  properties: {
    title: string;
    metrics?: (string | { region?: string })[][];
    annotations?: { horizontal: { value: number; label: string }[] };
    alarms?: string[];
    query?: string;
  };
};

const bodyOf = (assembly: Assembly): { widgets: Widget[] } => {
  const [dashboard] = resources(assembly, 'AWS::CloudWatch::Dashboard');
  return JSON.parse(text(dashboard?.Properties.DashboardBody));
};

const assembly = assemble();
const { plan } = assembly;
const { widgets } = bodyOf(assembly);
const titled = (title: RegExp): Widget['properties'] => {
  const found = widgets.find(({ properties }) => title.test(properties.title));
  if (found === undefined) throw new Error(`no widget like ${title}`);
  return found.properties;
};
const series = ({ metrics = [] }: Widget['properties']) =>
  metrics.map((metric) => metric.filter((part) => typeof part === 'string').join(' '));

describe('the dashboard', () => {
  it('is one, in the control region, named after the plan', () => {
    const dashboards = resources(assembly, 'AWS::CloudWatch::Dashboard');
    expect(dashboards.map(({ stack, Properties }) => [stack, Properties.DashboardName])).toEqual([
      ['control', 'lifeboat-knative-lambda'],
    ]);
  });

  /** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html */
  it('is built as CloudWatch wants it, and no widget lies upon another', () => {
    expect(widgets.length).toBeLessThanOrEqual(500);
    const taken = new Set<string>();
    for (const { type, x, y, width, height, properties } of widgets) {
      expect(['metric', 'alarm', 'log']).toContain(type);
      expect([x >= 0, x + width <= 24]).toEqual([true, true]);
      if (type === 'metric') expect(properties.metrics?.length).toBeGreaterThan(0);
      for (let column = x; column < x + width; column++)
        for (let row = y; row < y + height; row++) {
          expect(taken).not.toContain(`${column},${row}`);
          taken.add(`${column},${row}`);
        }
    }
  });

  it('shows no more metrics than come for nothing', () => {
    expect(widgets.flatMap(({ properties }) => properties.metrics ?? []).length).toBeLessThanOrEqual(50);
  });

  it.each(plan.tiers.map((tier) => [tier.name, tier] as const))(
    'shows what each store of %s would lose, against its target',
    (name, tier) => {
      const widget = titled(new RegExp(`^What ${name} would lose`));
      expect(series(widget)).toEqual([
        `Lifeboat RecoveryPointAge Plan knative-lambda Tier ${name}`,
        ...tierStores(plan, name).map((store) => `Lifeboat RecoveryPointAge Plan knative-lambda Store ${store}`),
      ]);
      expect(widget.annotations?.horizontal).toMatchObject([{ value: tier.rpo, label: 'target' }]);
    },
  );

  it('shows ages, lag, storage and success', () => {
    expect(series(titled(/^Age of/))).toEqual([
      'Lifeboat RecoveryPointAge Plan knative-lambda',
      'Lifeboat BackupAge Plan knative-lambda',
      'Lifeboat RecoveryPointAge Plan knative-lambda Store git/knative-lambda',
    ]);
    expect(series(titled(/^Replication lag/))[0]).toBe('Lifeboat ReplicationLag Plan knative-lambda');
    expect(titled(/^Storage/).annotations?.horizontal).toMatchObject([{ value: 100e9, label: 'limit' }]);
    expect(series(titled(/^Backups of the last 24 hours/))).toEqual(['Lifeboat BackupSuccessRate Plan knative-lambda']);
  });

  it('shows what the last verification found', () => {
    expect(series(titled(/last verification/))).toEqual(['Lifeboat VerificationFailures Plan knative-lambda']);
  });

  it("asks for S3's metrics where S3 keeps them", () => {
    const regions = (title: RegExp) =>
      titled(title).metrics?.map((metric) => metric.find((part) => typeof part === 'object')?.region);
    expect(regions(/^Storage/)).toEqual(['us-east-1', 'us-west-2']);
    const apart = bodyOf(
      assemble('lifeboat.yaml', { change: (input) => ({ ...input, control: { region: 'eu-west-1' } }) }),
    );
    const lag = apart.widgets.find(({ properties }) => properties.title === 'Replication lag')?.properties.metrics;
    expect(lag?.[1]?.at(-1)).toMatchObject({ region: 'us-east-1' });
  });

  it('shows how every state machine ended, and the failovers one by one', () => {
    for (const { Properties } of resources(assembly, 'AWS::StepFunctions::StateMachine')) {
      const machine = Properties.StateMachineName.slice('lifeboat-knative-lambda-'.length);
      expect(series(titled(new RegExp(`^Runs of ${machine}$`)))).toHaveLength(4);
    }
    const query = titled(/^Failovers/).query ?? '';
    const groups = resources(assembly, 'AWS::Logs::LogGroup').map(({ Properties }) => Properties.LogGroupName);
    expect(groups).toContain(/^SOURCE '([^']+)'/.exec(query)?.[1]);
  });

  it('shows alarms that are there', () => {
    const there = resources(assembly, 'AWS::CloudWatch::Alarm').map(
      ({ Properties, stack }) =>
        `arn:aws:cloudwatch:${assembly.environments[stack]?.split('/').at(-1)}:111122223333:alarm:${Properties.AlarmName}`,
    );
    const shown = widgets.flatMap(({ properties }) => properties.alarms ?? []);
    const graded = resources(assembly, 'AWS::CloudWatch::Alarm').filter(({ Properties }) =>
      /^(Critical|Warning): /.test(Properties.AlarmDescription),
    );
    expect(shown.length).toBe(graded.length + plan.entryPoints.length);
    for (const arn of shown) expect(there).toContain(arn);
  });
});
