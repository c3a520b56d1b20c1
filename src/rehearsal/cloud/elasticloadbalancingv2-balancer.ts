import type { ServeTarget, Target, TargetGroup } from './elasticloadbalancingv2-targets.ts';
import type { Input } from './service.ts';
import type { HttpRequest, HttpResponse, World } from './world.ts';

export type BalancerSettings = {
  arn: string;
  name: string;
  dnsName: string;
  zoneId: string;
  region: string;
  type: 'application' | 'network';
  scheme: string;
  subnetIds: string[];
  securityGroups: string[];
  tags: Record<string, string>;
};

type Rule = { arn: string; priority: number; conditions: Input[]; actions: Input[] };
export type Listener = { arn: string; port: number; protocol: string; defaultActions: Input[]; rules: Rule[] };

/** What a client sees of a port where nobody listens, or of a network load balancer without a target. */
const refused = (host: string): Error =>
  Object.assign(new Error(`connect ECONNREFUSED ${host}`), { code: 'ECONNREFUSED' });

/** A load balancer: its name in the DNS, its listeners, and what it answers. */
export class LoadBalancer {
  readonly settings: BalancerSettings;
  readonly listeners: Listener[] = [];
  /** A service behind it without target groups of ours, such as one that a controller in a cluster made. */
  serve: ServeTarget | undefined;
  readonly #world: World;
  readonly #groups: ReadonlyMap<string, TargetGroup>;
  #turn = 0;

  constructor(settings: BalancerSettings, world: World, groups: ReadonlyMap<string, TargetGroup>) {
    this.settings = settings;
    this.#world = world;
    this.#groups = groups;
  }

  /** Every target group that its listeners forward to. */
  targetGroups(): TargetGroup[] {
    const arns = this.listeners.flatMap(({ defaultActions, rules }) =>
      [...defaultActions, ...rules.flatMap(({ actions }) => actions)].flatMap(targetGroupArns),
    );
    return [...new Set(arns)].flatMap((arn) => this.#groups.get(arn) ?? []);
  }

  /**
   * As an alias record with EvaluateTargetHealth judges it: every target group has a healthy target.
   * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-values-failover-alias.html
   */
  healthy(): boolean {
    if (this.serve !== undefined)
      return this.serve({ method: 'GET', path: '/', host: this.settings.dnsName }).status < 500;
    const groups = this.targetGroups();
    return groups.length > 0 && groups.every((group) => group.healthy().length > 0);
  }

  respond(request: HttpRequest): HttpResponse {
    const { region, dnsName, type } = this.settings;
    const strikes = this.#world.faults.strike({ service: 'elasticloadbalancingv2', operation: 'DataPlane', region });
    if (strikes.some(({ kind }) => kind === 'error' || kind === 'throttle')) {
      if (type === 'network') throw refused(dnsName);
      return answer(503);
    }
    if (this.serve !== undefined) return forwarded(this.serve, request);
    const listener = this.listeners.find(({ port }) => port === portOf(request.url));
    if (listener === undefined) throw refused(dnsName);
    return this.#act(actionsFor(listener, request), request);
  }

  #act(actions: Input[], request: HttpRequest): HttpResponse {
    const action = actions.at(-1) ?? {};
    if (action.Type === 'fixed-response')
      return {
        ...answer(Number(action.FixedResponseConfig.StatusCode)),
        body: action.FixedResponseConfig.MessageBody ?? '',
      };
    if (action.Type === 'redirect') return redirect(action.RedirectConfig, request.url);
    const target = this.#choose(targetGroupArns(action).flatMap((arn) => this.#groups.get(arn) ?? []));
    if (target !== undefined) return forwarded(target.serve, request);
    // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html#http-503-issues
    if (this.settings.type === 'application') return answer(503);
    throw refused(this.settings.dnsName);
  }

  /** Without a healthy target, all that are registered are used. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html */
  #choose(groups: TargetGroup[]): Target | undefined {
    const [group] = groups;
    if (group === undefined) return undefined;
    const healthy = group.healthy();
    const usable = healthy.length > 0 ? healthy : group.targets().filter(({ state }) => state === 'unhealthy');
    return usable[this.#turn++ % usable.length];
  }
}

/** One group, or the heaviest of several: nothing here splits traffic. */
function targetGroupArns(action: Input): string[] {
  if (action.TargetGroupArn !== undefined) return [action.TargetGroupArn];
  const groups: Input[] = action.ForwardConfig?.TargetGroups ?? [];
  return groups.toSorted((a, b) => (b.Weight ?? 1) - (a.Weight ?? 1)).map((group) => group.TargetGroupArn);
}

const portOf = (url: URL): number => (url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port));

function actionsFor(listener: Listener, request: HttpRequest): Input[] {
  const rule = listener.rules
    .toSorted((a, b) => a.priority - b.priority)
    .find(({ conditions }) => conditions.every((condition) => conditionHolds(condition, request)));
  return rule?.actions ?? listener.defaultActions;
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html */
function conditionHolds(condition: Input, { url, method, headers }: HttpRequest): boolean {
  const values = (config: string): string[] => condition[config]?.Values ?? condition.Values ?? [];
  switch (condition.Field) {
    case 'path-pattern':
      return values('PathPatternConfig').some((pattern) => wildcard(pattern, url.pathname));
    case 'host-header': {
      const host = headers.host ?? url.hostname;
      return values('HostHeaderConfig').some((pattern) => wildcard(pattern.toLowerCase(), host.toLowerCase()));
    }
    case 'http-request-method':
      return values('HttpRequestMethodConfig').includes(method);
    default:
      return false;
  }
}

function wildcard(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`).test(text);
}

const answer = (status: number): HttpResponse => ({ status, headers: {}, body: '' });

function forwarded(serve: ServeTarget, { method, url, headers }: HttpRequest): HttpResponse {
  const { status, body } = serve({ method, path: url.pathname, host: headers.host ?? url.hostname });
  return { status, headers: {}, body };
}

function redirect(config: Input, url: URL): HttpResponse {
  const protocol = (config.Protocol ?? '#{protocol}').replace('#{protocol}', url.protocol.slice(0, -1)).toLowerCase();
  const host = (config.Host ?? '#{host}').replace('#{host}', url.hostname);
  const port = (config.Port ?? '#{port}').replace('#{port}', String(portOf(url)));
  const path = (config.Path ?? '/#{path}').replace('#{path}', url.pathname.slice(1));
  const location = `${protocol}://${host}:${port}${path}${url.search}`;
  return { status: config.StatusCode === 'HTTP_301' ? 301 : 302, headers: { location }, body: '' };
}
