// What changed between two texts, word by word. Screen readers hear "removed" and "added"; the marks don't rely on colour alone.
import { Fragment } from 'react';
import { changesOf } from './word-changes.js';

interface WordDiffProps {
  before: string;
  after: string;
}

export function WordDiff({ before, after }: WordDiffProps) {
  return (
    <div className="said">
      {changesOf(before, after).map(({ same, removed, added }, index) => (
        <Fragment key={index}>
          {same}
          {removed && (
            <del>
              <span className="visually-hidden">removed: </span>
              {removed}
            </del>
          )}
          {removed && added && isTight(removed, added) && ' '}
          {added && (
            <ins>
              <span className="visually-hidden">added: </span>
              {added}
            </ins>
          )}
        </Fragment>
      ))}
    </div>
  );
}

const isTight = (removed: string, added: string) => !/\s$/.test(removed) && !/^\s/.test(added);
