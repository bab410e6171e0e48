import { z } from 'zod';
import { integer } from './fields';

const MAX_PAGE_NUMBER = 2_147_483_647;
const MAX_PAGE_SIZE = 1000;

/** The query parameters of every list. */
export const PAGE = {
  pageNo: integer(1, MAX_PAGE_NUMBER).prefault(1).describe('which page, from 1'),
  pageSize: integer(1, MAX_PAGE_SIZE).prefault(20).describe('how many on a page'),
};

export const PAGE_ALIASES = { page: 'pageNo', size: 'pageSize' } as const;

type Wanted = { readonly pageNo: number; readonly pageSize: number };

type Page<Item> = {
  readonly pageSize: number;
  readonly startIndex: number;
  readonly totalCount: number;
  readonly totalPageCount: number;
  readonly currentPageNo: number;
  readonly result: readonly Item[];
};

export function pageOf<Item>(item: z.ZodType<Item, Item>): z.ZodType<Page<Item>, Page<Item>> {
  return z.object({
    pageSize: z.int().meta({ examples: [20] }),
    startIndex: z.int().meta({ description: 'number of the first of them, from 1', examples: [1] }),
    totalCount: z.int().meta({ examples: [1] }),
    totalPageCount: z.int().meta({ examples: [1] }),
    currentPageNo: z.int().meta({ examples: [1] }),
    result: z.array(item),
  });
}

export function offsetOf({ pageNo, pageSize }: Wanted): number {
  return (pageNo - 1) * pageSize;
}

export function page<Item>(wanted: Wanted, totalCount: number, result: readonly Item[]): Page<Item> {
  const { pageNo, pageSize } = wanted;
  return {
    pageSize,
    startIndex: offsetOf(wanted) + 1,
    totalCount,
    totalPageCount: Math.ceil(totalCount / pageSize),
    currentPageNo: pageNo,
    result,
  };
}

/** `json`: of one of those on the page. A page past the end is empty. */
export function pageFrom<Item, Json>(
  wanted: Wanted,
  all: readonly Item[],
  json: (item: Item) => Json,
): Page<Json> {
  const offset = offsetOf(wanted);
  return page(
    wanted,
    all.length,
    all.slice(offset, offset + wanted.pageSize).map((each) => json(each)),
  );
}
