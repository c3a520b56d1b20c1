import type { Cancel, Kernel } from '../kernel/kernel.ts';
import type { Latencies } from '../kernel/latencies.ts';
import { NotSimulated } from '../kernel/not-simulated.ts';
import { AwsError, Unreachable } from './aws-error.ts';
import { Faults } from './faults.ts';
import { Network } from './network.ts';
import type { Caller, Input, Operation, Permission, Place, ResourceType, Service } from './service.ts';

export type AwsCall = {
  caller: Caller;
  /** Where the caller runs: a region, or 'internet'. */
  from: string;
  /** The endpoint's region. */
  region: string;
  service: string;
  operation: string;
  input: Input;
  /** How often it is tried; default: three times, as the SDK does. */
  attempts?: number;
  /** Kills the caller, where a fault does so after the call's effect and before its answer. Callers that cannot die have none. */
  crash?: () => void;
};

/** What observers see of every call, after it ended. */
export type CallRecord = Omit<AwsCall, 'input' | 'attempts' | 'crash'> & {
  at: number;
  outcome: 'ok' | 'denied' | 'unreachable' | 'error';
  error?: string;
  usEast1ControlPlane: boolean;
  resources: string[];
};

export type HttpRequest = { method: string; url: URL; headers: Record<string, string>; body?: string };
export type HttpResponse = { status: number; headers: Record<string, string>; body: string };

/** Something that answers HTTP by a host name: a cluster's API endpoint, a load balancer. */
export type HttpHost = { region: string; respond: (request: HttpRequest) => HttpResponse | Promise<HttpResponse> };

/** Judges a call as IAM does; answers nothing, or why it is denied. */
export type Judge = (caller: Caller, permission: Permission, region: string) => string | undefined;

/** What a line of the transcript tells: the twin's own account of what happened, in order. */
export type TranscriptEntry = { at: number; what: string; [detail: string]: unknown };

/** Three tries, as the SDK's standard mode. https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html */
const MAX_ATTEMPTS = 3;
const RETRY_BASE_MS = 100;
const THROTTLE_BASE_MS = 500;
const RETRY_CAP_MS = 20_000;
/** How long a client waits for a host that does not answer: `connectionTimeout` of our client factory. */
export const CONNECT_TIMEOUT_MS = 3_000;

/** The simulated cloud: its account, its regions, its services, and the one door to each of them. */
export class World {
  readonly account = '111122223333';
  readonly network = new Network();
  readonly faults: Faults;
  readonly services = new Map<string, Service>();
  readonly hosts = new Map<string, HttpHost>();
  /** Role ARNs by access key id: who signed a presigned request. */
  readonly credentials = new Map<string, string>();
  /** Secret access keys by access key id, where they are known: signatures made with them are verified. */
  readonly secretKeys = new Map<string, string>();
  readonly kernel: Kernel;
  readonly latencies: Latencies;
  readonly #observers: ((record: CallRecord) => void)[] = [];
  readonly #listeners: ((entry: TranscriptEntry) => void)[] = [];
  readonly #waiting = new Map<string, (() => void)[]>();
  #judge: Judge = () => 'no judge has been set';
  #resolver: (name: string, from: string) => string | undefined = () => undefined;

  constructor(kernel: Kernel, latencies: Latencies) {
    this.kernel = kernel;
    this.latencies = latencies;
    this.faults = new Faults(kernel.random.fork('faults'));
    this.network.onReturn((region) => {
      const waiting = this.#waiting.get(region) ?? [];
      this.#waiting.delete(region);
      for (const attempt of waiting) kernel.schedule(0, attempt);
    });
  }

  register(service: Service): void {
    this.services.set(service.id, service);
  }

  judgeBy(judge: Judge): void {
    this.#judge = judge;
  }

  /** Why IAM denies this, or nothing: for services that act for somebody or decide by a second permission. */
  judge(caller: Caller, permission: Permission, region: string): string | undefined {
    return this.#judge(caller, permission, region);
  }

  /** Names of hosted zones; names in `hosts` resolve to themselves. */
  resolveBy(resolver: (name: string, from: string) => string | undefined): void {
    this.#resolver = resolver;
  }

  observe(observer: (record: CallRecord) => void): void {
    this.#observers.push(observer);
  }

  listen(listener: (entry: TranscriptEntry) => void): void {
    this.#listeners.push(listener);
  }

  /** Writes a line of the transcript. */
  record(what: string, detail: Record<string, unknown> = {}): void {
    const entry = { ...detail, at: this.kernel.now, what };
    for (const listener of this.#listeners) listener(entry);
  }

  resource(type: string): ResourceType | undefined {
    for (const service of this.services.values()) if (service.resources[type]) return service.resources[type];
    return undefined;
  }

  /** Acts after `delayMs`, unless that region is down by then. */
  schedule(region: string, delayMs: number, act: () => void): Cancel {
    return this.kernel.schedule(delayMs, () => {
      if (this.network.up(region)) act();
    });
  }

  /** Acts after `delayMs`, or when that region is back, should it be down by then: what a service keeps safe is not lost. */
  scheduleDurably(region: string, delayMs: number, act: () => void): Cancel {
    let cancelled = false;
    const attempt = (): void => {
      if (cancelled) return;
      const waiting = this.#waiting.get(region);
      if (this.network.up(region)) act();
      else if (waiting === undefined) this.#waiting.set(region, [attempt]);
      else waiting.push(attempt);
    };
    const cancel = this.kernel.schedule(delayMs, attempt);
    return () => {
      cancelled = true;
      cancel();
    };
  }

  /** An AWS call as the SDK makes it: with its retries, in virtual time. */
  async call(call: AwsCall): Promise<unknown> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#attempt(call);
      } catch (error) {
        const retryable = error instanceof Unreachable || (error instanceof AwsError && error.retryable);
        if (!retryable || attempt >= (call.attempts ?? MAX_ATTEMPTS)) throw error;
        const base = error instanceof AwsError && error.throttling ? THROTTLE_BASE_MS : RETRY_BASE_MS;
        const backoff = Math.min(RETRY_CAP_MS, base * 2 ** (attempt - 1));
        await this.kernel.sleep(backoff * this.kernel.random.next());
      }
    }
  }

  /** A call by an AWS service on somebody's behalf, at once and without latency: judged, never retried. */
  act(call: Omit<AwsCall, 'from'>): unknown {
    const operation = this.#operation(call);
    const at: Place = { region: call.region, caller: call.caller };
    const permissions = operation.permissions(call.input, at);
    const tell = (outcome: CallRecord['outcome'], error?: unknown): void =>
      this.#tell({ ...call, from: call.region }, operation, permissions, outcome, error);
    try {
      this.#authorize(call, permissions);
      const answer = operation.answer(call.input, at);
      tell('ok');
      return answer;
    } catch (error) {
      if (error instanceof NotSimulated) this.kernel.fail(error);
      tell(isDenial(error) ? 'denied' : 'error', error);
      throw error;
    }
  }

  /** An HTTP request as a client makes it. Rejects with Unreachable when nobody answers in `timeoutMs`. */
  async fetch(request: HttpRequest, from: string, timeoutMs: number = CONNECT_TIMEOUT_MS): Promise<HttpResponse> {
    const address = this.resolve(request.url.hostname, from);
    const host = address === undefined ? undefined : this.hosts.get(address);
    if (host === undefined)
      throw Object.assign(new Error(`getaddrinfo ENOTFOUND ${request.url.hostname}`), { code: 'ENOTFOUND' });
    if (!this.network.reaches(from, host.region)) {
      await this.kernel.sleep(timeoutMs);
      throw new Unreachable(request.url.host);
    }
    await this.kernel.sleep(this.latencies.draw('http.request') / 2);
    const response = await host.respond(request);
    await this.kernel.sleep(this.latencies.draw('http.request') / 2);
    if (!this.network.reaches(from, host.region)) throw new Unreachable(request.url.host);
    return response;
  }

  /** The host that a name leads to, as a resolver at `from` answers it now. */
  resolve(name: string, from: string): string | undefined {
    return this.hosts.has(name) ? name : this.#resolver(name, from);
  }

  async #attempt(call: AwsCall): Promise<unknown> {
    const operation = this.#operation(call);
    const at: Place = { region: call.region, caller: call.caller };
    const permissions = operation.permissions(call.input, at);
    const tell = (outcome: CallRecord['outcome'], error?: unknown): void =>
      this.#tell(call, operation, permissions, outcome, error);
    if (this.#isGone(call)) return never();
    if (!this.network.reaches(call.from, call.region)) {
      await this.kernel.sleep(CONNECT_TIMEOUT_MS);
      tell('unreachable');
      throw new Unreachable(`${call.service}.${call.region}.amazonaws.com`);
    }
    const strikes = this.faults.strike(call);
    const extra = strikes.reduce((sum, fault) => sum + (fault.delayMs ?? 0), 0);
    const latency = this.latencies.draw('aws.call') + extra;
    await this.kernel.sleep(latency / 2);
    try {
      this.#refuse(strikes, call);
      this.#authorize(call, permissions);
      const answer = await operation.answer(call.input, at);
      if (call.crash !== undefined && strikes.some((fault) => fault.kind === 'crash-after')) {
        tell('ok');
        call.crash();
        return never();
      }
      await this.kernel.sleep(latency / 2);
      if (this.#isGone(call)) return never();
      if (!this.network.reaches(call.from, call.region))
        throw new Unreachable(`${call.service}.${call.region}.amazonaws.com`);
      tell('ok');
      return answer;
    } catch (error) {
      if (error instanceof NotSimulated) this.kernel.fail(error);
      tell(isDenial(error) ? 'denied' : 'error', error);
      throw error;
    }
  }

  /** Code in a sandbox ends with its region: it calls nothing more and hears of nothing. */
  #isGone(call: AwsCall): boolean {
    return call.crash !== undefined && !this.network.up(call.from);
  }

  #operation(call: { service: string; operation: string }): Operation {
    const operation = this.services.get(call.service)?.operations[call.operation];
    if (operation !== undefined) return operation;
    const missing = new NotSimulated(`${call.service}:${call.operation}`);
    this.kernel.fail(missing);
    throw missing;
  }

  #authorize(call: { caller: Caller; region: string; service: string }, permissions: Permission[]): void {
    for (const permission of permissions) {
      const why = this.#judge(call.caller, permission, call.region);
      if (why === undefined) continue;
      const who =
        call.caller.kind === 'role'
          ? call.caller.arn
          : call.caller.kind === 'service'
            ? call.caller.principal
            : 'anonymous';
      const name = call.service === 's3' ? 'AccessDenied' : 'AccessDeniedException';
      const message = `User: ${who} is not authorized to perform: ${permission.action} on resource: ${permission.resource} because ${why}`;
      throw new AwsError(name, message, 403);
    }
  }

  #refuse(strikes: { kind: string }[], call: AwsCall): void {
    const what = `${call.service}:${call.operation} in ${call.region}`;
    if (strikes.some((fault) => fault.kind === 'throttle'))
      throw new AwsError('ThrottlingException', `Rate exceeded (${what})`, 400);
    if (strikes.some((fault) => fault.kind === 'error'))
      throw new AwsError('InternalFailure', `The request processing has failed (${what})`, 500);
  }

  #tell(
    { caller, from, region, service, operation: name }: AwsCall,
    operation: Operation,
    permissions: Permission[],
    outcome: CallRecord['outcome'],
    error?: unknown,
  ): void {
    if (this.#observers.length === 0) return;
    const record: CallRecord = {
      ...{ caller, from, region, service, operation: name },
      at: this.kernel.now,
      outcome,
      usEast1ControlPlane: operation.usEast1ControlPlane === true,
      resources: permissions.map(({ resource }) => resource),
    };
    if (error instanceof Error) record.error = `${error.name}: ${error.message}`;
    for (const observer of this.#observers) observer(record);
  }
}

/** What is awaited by code that is there no more. */
const never = (): Promise<never> => new Promise(() => {});

const isDenial = (error: unknown): boolean => error instanceof AwsError && error.status === 403;
