// What is said of a site key: its name, and which websites may use it.
import { Textarea, TextInput } from '@mantine/core';

export interface KeyDraft {
  name: string;
  /** One a line. */
  origins: string;
}

/** As the service takes it. */
export const keyBody = ({ name, origins }: KeyDraft) => ({
  ...{ name: name.trim(), origins: origins.split(/\s+/).filter(Boolean) },
});

export function KeyFields({ draft, change }: { draft: KeyDraft; change: (draft: KeyDraft) => void }) {
  return (
    <>
      <TextInput
        label="Name"
        description="For people, e.g. the name of the website."
        required
        data-autofocus
        maxLength={100}
        value={draft.name}
        onChange={(event) => change({ ...draft, name: event.currentTarget.value })}
      />
      <Textarea
        label="Websites that may use it"
        description="One a line: https://shop.example, https://*.shop.example. None: any website."
        autosize
        minRows={2}
        value={draft.origins}
        onChange={(event) => change({ ...draft, origins: event.currentTarget.value })}
      />
    </>
  );
}
