// The little DOM that the demo page needs.

export const byId = (id: string): HTMLElement => document.getElementById(id)!;

/** An element with a bold first line and a second one. */
export function lines(name: string, title: string, detail: string): HTMLElement {
  const element = document.createElement(name);
  const strong = document.createElement('b');
  strong.textContent = title;
  const text = document.createElement('span');
  text.textContent = detail;
  element.append(strong, text);
  return element;
}
