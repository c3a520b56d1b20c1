import type { Cancel } from '../kernel/kernel.ts';
import type { World } from './world.ts';

/** Answers an HTTP request at a target, as a pod does. */
export type ServeTarget = (request: { method: string; path: string; host: string }) => { status: number; body: string };

export type TargetState = 'initial' | 'healthy' | 'unhealthy' | 'draining';

export type Target = {
  id: string;
  port: number;
  serve: ServeTarget;
  state: TargetState;
  /** How many checks in a row had this outcome. */
  streak: { ok: boolean; length: number };
  cancel: Cancel | undefined;
};

export type HealthCheck = {
  protocol: string;
  path: string;
  port: string;
  matcher: string;
  intervalMs: number;
  healthyThreshold: number;
  unhealthyThreshold: number;
};

export type TargetGroupSettings = {
  arn: string;
  name: string;
  region: string;
  protocol: string;
  port: number;
  vpcId: string | undefined;
  targetType: string;
  healthCheck: HealthCheck;
  deregistrationDelayMs: number;
  tags: Record<string, string>;
};

/**
 * Targets and their health checks. A check runs only while its outcome can matter: a healthy target that answers is
 * looked at again when somebody has reason to, rather than every few seconds.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
 */
export class TargetGroup {
  readonly settings: TargetGroupSettings;
  readonly #targets = new Map<string, Target>();
  readonly #world: World;
  readonly #changed: () => void;

  constructor(settings: TargetGroupSettings, world: World, changed: () => void) {
    this.settings = settings;
    this.#world = world;
    this.#changed = changed;
  }

  targets(): Target[] {
    return [...this.#targets.values()];
  }

  healthy(): Target[] {
    this.look();
    return this.targets().filter(({ state }) => state === 'healthy');
  }

  register(id: string, port: number, serve: ServeTarget): void {
    const key = `${id}:${port}`;
    const known = this.#targets.get(key);
    if (known !== undefined && known.state !== 'draining') {
      known.serve = serve;
      this.#lookAt(known);
      return;
    }
    known?.cancel?.();
    const target: Target = { id, port, serve, state: 'initial', streak: { ok: true, length: 0 }, cancel: undefined };
    this.#targets.set(key, target);
    this.#checkAfter(target, this.#world.latencies.draw('elb.registerTarget'));
  }

  /** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html#deregistration-delay */
  deregister(id: string, port: number): void {
    const key = `${id}:${port}`;
    const target = this.#targets.get(key);
    if (target === undefined || target.state === 'draining') return;
    target.cancel?.();
    this.#become(target, 'draining');
    target.cancel = this.#world.kernel.schedule(this.settings.deregistrationDelayMs, () => {
      if (this.#targets.get(key) === target) this.#targets.delete(key);
    });
  }

  /** Somebody has reason to think that a target changed, or asks how it is. */
  look(): void {
    for (const target of this.#targets.values()) this.#lookAt(target);
  }

  /** As if the checks had run long enough: for a world that is built with its history. */
  settle(): void {
    for (const [key, target] of this.#targets) {
      target.cancel?.();
      target.cancel = undefined;
      if (target.state === 'draining') this.#targets.delete(key);
      else this.#become(target, this.#answers(target) ? 'healthy' : 'unhealthy');
      if (target.state === 'unhealthy') this.#checkAfter(target, this.settings.healthCheck.intervalMs);
    }
  }

  /** Timers of a lost region are gone; its checks begin again when it is back. */
  resume(): void {
    for (const target of this.#targets.values())
      if (target.state !== 'draining') this.#checkAfter(target, this.settings.healthCheck.intervalMs);
  }

  #lookAt(target: Target): void {
    if (target.state === 'healthy' && target.cancel === undefined && !this.#answers(target)) this.#check(target);
  }

  #checkAfter(target: Target, delayMs: number): void {
    target.cancel?.();
    target.cancel = this.#world.schedule(this.settings.region, delayMs, () => {
      target.cancel = undefined;
      this.#check(target);
    });
  }

  #check(target: Target): void {
    const ok = this.#answers(target);
    target.streak = { ok, length: target.streak.ok === ok ? target.streak.length + 1 : 1 };
    if (target.streak.length >= this.#needed(target, ok)) this.#become(target, ok ? 'healthy' : 'unhealthy');
    if (target.state !== 'healthy' || !ok) this.#checkAfter(target, this.settings.healthCheck.intervalMs);
  }

  /**
   * A target new to an application load balancer is healthy after one good check; thresholds count from then on.
   * A network load balancer always counts to its threshold.
   */
  #needed(target: Target, ok: boolean): number {
    const { healthyThreshold, unhealthyThreshold } = this.settings.healthCheck;
    if (!ok) return unhealthyThreshold;
    return target.state === 'initial' && /^HTTPS?$/.test(this.settings.protocol) ? 1 : healthyThreshold;
  }

  #become(target: Target, state: TargetState): void {
    if (target.state === state) return;
    target.state = state;
    this.#world.record('target health', {
      targetGroup: this.settings.name,
      target: `${target.id}:${target.port}`,
      state,
    });
    this.#changed();
  }

  #answers(target: Target): boolean {
    const { protocol, path, matcher } = this.settings.healthCheck;
    try {
      const { status } = target.serve({ method: 'GET', path, host: target.id });
      return protocol === 'TCP' || matches(matcher, status);
    } catch {
      return false;
    }
  }
}

/** `200`, `200,202` or `200-399`. https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Matcher.html */
function matches(matcher: string, status: number): boolean {
  return matcher.split(',').some((part) => {
    const [low = '', high = low] = part.trim().split('-');
    return status >= Number(low) && status <= Number(high);
  });
}
