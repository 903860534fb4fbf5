// A Markdown text that may still be growing; Preact owns the frame, the writer owns what is inside.
import { useLayoutEffect, useRef } from 'preact/hooks';
import { markdownWriter, type MarkdownWriter } from '../markdown/renderer.js';

export function Markdown({ text, done }: { text: string; done: boolean }) {
  const frame = useRef<HTMLDivElement>(null);
  const writer = useRef<MarkdownWriter>(null);
  useLayoutEffect(() => {
    writer.current ??= markdownWriter(frame.current!);
    writer.current.show(text, done);
  }, [text, done]);
  return <div class={done ? 'markdown' : 'markdown growing'} ref={frame} />;
}
