import type { KubeObject } from '../../../src/gateways/kubernetes/cluster-api.ts';
import { podNames } from './objects.ts';
import type { Place } from './place.ts';

export const read = (place: Place, apiVersion: string, kind: string, name = 'a'): Promise<KubeObject | undefined> =>
  place.api.get({ apiVersion, kind, name, namespace: place.namespace });

/** The object once it is so. */
export const once = (
  place: Place,
  apiVersion: string,
  kind: string,
  holds: (found: KubeObject) => boolean,
): Promise<KubeObject> =>
  place.until(async () => {
    const found = await read(place, apiVersion, kind);
    return found !== undefined && holds(found) ? found : undefined;
  });

export const pods = (place: Place, many: number): Promise<string[]> =>
  place.until(async () => {
    const names = await podNames(place);
    return names.length === many ? names : undefined;
  });
