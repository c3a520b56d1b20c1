import type { Place } from './place.ts';
import type { Row } from './row.ts';
import type { Rows } from './rows/all.ts';
import { Scene } from './scene.ts';
import type { Seen } from './seen.ts';
import { tellStory } from './story.ts';

/** By the titles of the rows. */
export type Answers = Map<string, Seen>;

/** Asks all rows of one story. Each cluster in the east takes the next row as soon as it is free. */
export function askAll(place: Place, rows: Rows, told: (title: string) => void = () => {}): Promise<Answers> {
  const answers: Answers = new Map();
  const answer = async <On>({ title, ask }: Row<On>, on: On): Promise<void> => {
    answers.set(title, await ask(on).catch((error: Error) => ({ failed: error.message })));
    told(title);
  };
  return place.west.server.during(async () => {
    const story = await tellStory(place);
    const next = rows.east.values();
    const inTheEast = place.easts.map(async (site) => {
      const scene = await Scene.set(story, place, site);
      for (const row of next) {
        await scene.clear();
        await answer(row, scene);
      }
    });
    const inTheWest = async (): Promise<void> => {
      for (const row of rows.west) await answer(row, story);
    };
    await Promise.all([...inTheEast, inTheWest()]);
    return answers;
  });
}
