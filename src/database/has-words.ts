// Words that are looked for in rows: each must stand somewhere in what is searched, in any case.
import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm';

/** Leaves only rows that have every word of `q`. @param haystack an SQL expression: the text that is searched */
export function whereHasWords<T extends ObjectLiteral>(query: SelectQueryBuilder<T>, haystack: string, q = ''): void {
  q.split(/\s+/).forEach((word, index) => {
    if (word !== '') query.andWhere(`${haystack} ILIKE :word${index}`, { [`word${index}`]: `%${literally(word)}%` });
  });
}

/** Without meaning for ILIKE. */
function literally(word: string): string {
  return word.replace(/[\\%_]/g, '\\$&');
}
