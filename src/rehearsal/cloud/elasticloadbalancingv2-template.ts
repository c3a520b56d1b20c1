import type { HealthCheck } from './elasticloadbalancingv2-targets.ts';
import type { Input } from './service.ts';

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html */
export const MAX_NAME = 32;

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-elasticloadbalancingv2-targetgroup.html */
export function healthCheck(properties: Input): HealthCheck {
  const http = /^HTTPS?$/.test(properties.Protocol);
  const protocol: string = properties.HealthCheckProtocol ?? (http ? 'HTTP' : 'TCP');
  return {
    protocol,
    path: properties.HealthCheckPath ?? '/',
    port: properties.HealthCheckPort ?? 'traffic-port',
    matcher: properties.Matcher?.HttpCode ?? (http ? '200' : '200-399'),
    intervalMs: 1000 * Number(properties.HealthCheckIntervalSeconds ?? 30),
    healthyThreshold: Number(properties.HealthyThresholdCount ?? 5),
    unhealthyThreshold: Number(properties.UnhealthyThresholdCount ?? 2),
  };
}

export const tagsFrom = (properties: Input): Record<string, string> =>
  Object.fromEntries((properties.Tags ?? []).map((tag: Input) => [tag.Key, tag.Value]));
