// What changed between two texts, word by word. Screen readers hear "removed" and "added"; the marks don't rely on colour alone.
import { diffWordsWithSpace } from 'diff';
import { Fragment } from 'react';

interface WordDiffProps {
  before: string;
  after: string;
}

/** Longer texts are shown as they are: comparing them would hold up the typing. */
const CHARS_MAX = 12_000;
const MS_MAX = 100;

export function WordDiff({ before, after }: WordDiffProps) {
  const tooLong = before.length + after.length > CHARS_MAX;
  const parts = tooLong ? undefined : diffWordsWithSpace(before, after, { timeout: MS_MAX });
  if (!parts) return <div className="difference">{after}</div>;
  return (
    <div className="difference">
      {parts.map(({ value, added, removed }, index) => (
        <Fragment key={index}>
          {removed && (
            <del>
              <span className="visually-hidden">removed: </span>
              {value}
            </del>
          )}
          {added && (
            <ins>
              <span className="visually-hidden">added: </span>
              {value}
            </ins>
          )}
          {!added && !removed && value}
        </Fragment>
      ))}
    </div>
  );
}
