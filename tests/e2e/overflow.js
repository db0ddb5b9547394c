// What hangs over: the page itself, cards, and controls outside their card; with all folded parts shut, and with each of
// them open.
() => {
  const CARDS = ".sheet, .notice, .toast, .menu, .dialog, dialog, .top-in, .risk, .kid, .savebar, .empty, .ci, td, li";
  let found = [];
  const name = (node) => `${node.tagName.toLowerCase()}.${node.getAttribute("class") ?? ""} "${(node.textContent ?? "").trim().slice(0, 30)}"`;
  const clips = (node) => /(auto|scroll|hidden|clip)/.test(getComputedStyle(node).overflowX);
  const shown = (node) => node.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && node.getBoundingClientRect().width > 1;
  const look = () => {
    const over = document.documentElement.scrollWidth - window.innerWidth;
    if (over > 0) found.push(`the page is ${over} px wider than the screen`);
    if (over > 0) for (const node of document.querySelectorAll("body *")) if (shown(node) && node.getBoundingClientRect().right > window.innerWidth + 1 && !node.children.length) found.push(`  beyond the screen: ${name(node)}`);
    const within = (node, stop) => { for (let up = node.parentElement; up && up !== stop; up = up.parentElement) if (clips(up)) return false; return true; };
    for (const node of document.querySelectorAll("a, button, input, select, textarea, summary")) {
      const card = node.parentElement?.closest(CARDS);
      if (!card || !shown(node) || !shown(card) || clips(card) || !within(node, card) || getComputedStyle(node).position === "absolute") continue;
      const box = card.getBoundingClientRect();
      for (const part of node.getClientRects()) if (part.width > 1 && (part.left < box.left - 1.5 || part.right > box.right + 1.5)) { found.push(`outside its card: ${name(node)} in ${name(card)}`); break; }
    }
    for (const node of document.querySelectorAll("a, button, summary, .seg label")) {
      if (getComputedStyle(node).display === "inline" || !shown(node) || clips(node)) continue;
      const outer = node.getBoundingClientRect();
      const words = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
      for (const text = document.createRange(); words.nextNode();) {
        text.selectNode(words.currentNode);
        const inner = text.getBoundingClientRect();
        if (!inner.width) continue;
        if (within(words.currentNode, node) && (inner.right > outer.right + 1.5 || inner.left < outer.left - 1.5)) found.push(`text outside its control: ${name(node)}`);
      }
    }
    for (const card of document.querySelectorAll(".sheet, .notice, .toast, .menu, dialog, .risk, .kid")) {
      if (shown(card) && !clips(card) && card.scrollWidth > card.clientWidth + 1) found.push(`text outside its card by ${card.scrollWidth - card.clientWidth} px: ${name(card)}`);
    }
  };
  look();
  const shut = [...document.querySelectorAll("details:not([open])")].filter((each) => shown(each.querySelector("summary")));
  const plain = found;
  for (const each of shut) {
    found = [];
    each.open = true;
    look();
    each.open = false;
    plain.push(...found.filter((said) => !plain.includes(said)).map((said) => `${said} [opened ${name(each.querySelector("summary"))}]`));
  }
  return plain;
}
