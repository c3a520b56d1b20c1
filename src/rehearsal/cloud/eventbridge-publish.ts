import type { Service } from './service.ts';
import type { World } from './world.ts';

/** An event as an AWS service sends it to its region's default bus. */
export type ServiceEvent = { source: string; type: string; resources: string[]; detail: Record<string, unknown> };

type Publisher = { publish?: (region: string, busName: string, event: Record<string, unknown>) => unknown };

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event.html */
export function publishEvent(world: World, region: string, event: ServiceEvent): void {
  const eventbridge: (Service & Publisher) | undefined = world.services.get('eventbridge');
  const { type, ...rest } = event;
  eventbridge?.publish?.(region, 'default', { ...rest, 'detail-type': type });
}
