// The words of a text in SQL, in one place: the index `messages_words` is over exactly this (migrations/1700000012000-agent-console.ts).

/** @param text an SQL expression */
export const wordsSql = (text: string) => `to_tsvector('simple', lower(${text} COLLATE "und-x-icu"))`;
