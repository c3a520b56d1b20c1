type Page<Item> = { Items?: Item[] | undefined; LastEvaluatedKey?: Item | undefined };

/** Every item of a table's query, page by page; no more than the limit, where there is one. */
export async function everyItem<Item>(
  ask: (from: { ExclusiveStartKey?: Item }) => Promise<Page<Item>>,
  limit = Number.POSITIVE_INFINITY,
): Promise<Item[]> {
  const items: Item[] = [];
  let from: Item | undefined;
  do {
    const page = await ask(from === undefined ? {} : { ExclusiveStartKey: from });
    items.push(...(page.Items ?? []));
    from = page.LastEvaluatedKey;
  } while (from !== undefined && items.length < limit);
  return items;
}
