import type { Row } from '../row.ts';
import type { Scene } from '../scene.ts';
import type { Story } from '../story.ts';
import { ahead } from './ahead.ts';
import { denied } from './denied.ts';
import { garbled } from './garbled.ts';
import { inTheWest } from './in-the-west.ts';
import { missing } from './missing.ts';
import { refused } from './refused.ts';

/** What is asked of a cluster in the east, and what of the one in the west, which stays as it is meanwhile. */
export type Rows = { east: Row<Scene>[]; west: Row<Story>[] };

export const ROWS: Rows = {
  east: [...missing, ...garbled, ...denied, ...ahead, ...refused],
  west: inTheWest,
};
