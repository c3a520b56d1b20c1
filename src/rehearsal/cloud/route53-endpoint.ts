import { NotSimulated } from '../kernel/not-simulated.ts';
import { CHECKER_REGIONS } from './route53-checkers.ts';
import type { Input } from './service.ts';
import type { HttpResponse, World } from './world.ts';

export type Endpoint = {
  protocol: 'HTTP' | 'HTTPS' | 'TCP';
  host: string;
  port: number;
  path: string;
  /** Must be in the first 5,120 bytes of the body. */
  searchString: string | undefined;
};

/** https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html */
const SEARCHED_BYTES = 5_120;
/** Who asks, where only the way matters: checkers are clients on the internet. */
const INTERNET = 'internet';

export function endpointOf(config: Input): Endpoint {
  const type: string = config.Type;
  const protocol = type.startsWith('HTTPS') ? 'HTTPS' : type.startsWith('HTTP') ? 'HTTP' : 'TCP';
  const host: string | undefined = config.FullyQualifiedDomainName ?? config.IPAddress;
  if (host === undefined) throw new NotSimulated('a health check without a host');
  return {
    protocol,
    host,
    port: Number(config.Port ?? (protocol === 'HTTPS' ? 443 : 80)),
    path: config.ResourcePath ?? '/',
    searchString: config.SearchString,
  };
}

/**
 * What a probe finds now, by the region that it comes from. The endpoint is asked once: where the answer comes from
 * does not depend on who asks, but whether the question arrives does.
 */
export function probe(world: World, endpoint: Endpoint): (region: string) => boolean {
  const address = world.resolve(endpoint.host, INTERNET);
  const host = address === undefined ? undefined : world.hosts.get(address);
  if (host === undefined || !world.network.reaches(INTERNET, host.region)) return () => false;
  const reachable = new Map(CHECKER_REGIONS.map((region) => [region, world.network.reaches(region, host.region)]));
  const well = answers(host.respond(requestOf(endpoint)), endpoint);
  return (region) => well && reachable.get(region) === true;

  function answers(response: HttpResponse | Promise<HttpResponse>, { protocol, searchString }: Endpoint): boolean {
    if (response instanceof Promise) throw new NotSimulated(`a health check of ${endpoint.host}, which answers later`);
    if (protocol === 'TCP') return true;
    const { status, body } = response;
    if (status < 200 || status >= 400) return false;
    return searchString === undefined || Buffer.from(body).subarray(0, SEARCHED_BYTES).includes(searchString);
  }
}

const requestOf = ({ protocol, host, port, path }: Endpoint) => ({
  method: 'GET',
  url: new URL(
    `${protocol === 'HTTPS' ? 'https' : 'http'}://${host}:${port}${path.startsWith('/') ? path : `/${path}`}`,
  ),
  headers: { host, 'user-agent': 'Amazon-Route53-Health-Check-Service' },
});
