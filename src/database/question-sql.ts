// What makes two questions the same in SQL, in one place for all queries: the index `examples_by_question` is over exactly this
// expression, and a query that words it otherwise reads the whole table.

/** SQL: the text without case, and white space collapsed. @param text an SQL expression */
export const collapsedSql = (text: string): string => `lower(btrim(regexp_replace(${text}, '\\s+', ' ', 'g')))`;

/** SQL: the key of a question. @param text an SQL expression */
export const questionKeySql = (text: string): string => `md5(${collapsedSql(text)})`;

/** SQL: the key of an example's question. @param table the alias of `examples` */
export const exampleQuestionSql = (table: string): string => questionKeySql(`${table}.prompt -> -1 ->> 'content'`);
