import type { Method } from '../place.ts';
import type { Row } from '../row.ts';
import type { Scene } from '../scene.ts';
import type { Story } from '../story.ts';
import { ahead } from './ahead.ts';
import { denied } from './denied.ts';
import { garbled } from './garbled.ts';
import { inTheWest } from './in-the-west.ts';
import { missing } from './missing.ts';
import { moved } from './moved.ts';
import { moving } from './moving.ts';
import { refused } from './refused.ts';

/** What is asked of a cluster in the east, and what of the one in the west, which stays as it is meanwhile. */
export type Rows = { east: Row<Scene>[]; west: Row<Story>[] };

export const ROWS: Rows = {
  east: [...missing, ...garbled, ...denied, ...ahead, ...refused],
  west: inTheWest,
};

/** What is asked where snapshots are moved. */
export const MOVED: Rows = { east: moved, west: moving };

export const STORIES: [method: Method, rows: Rows][] = [
  ['files', ROWS],
  ['snapshots', MOVED],
];
