// The charts of the page, below one another, as one PNG. Of their figures, the first tag is `tag`,
// the others are label and colour of each line.
const figures = Bokeh.documents.flatMap((document) => [...document._all_models.values()])
  .filter((model) => model.tags?.[0] === tag);
const views = figures.map((figure) => Bokeh.index.find_one(figure)).filter(Boolean);
if (views.length) {
  const scale = window.devicePixelRatio || 1;
  const look = getComputedStyle(document.body);
  const pictures = views.map((view) => view.export("png", true).canvas);
  const width = Math.max(...pictures.map((each) => each.width), 640 * scale);
  const line = 26 * scale;
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = 1.6 * line + pictures.reduce((sum, each) => sum + each.height + 1.5 * line, 0);
  const pen = canvas.getContext("2d");
  pen.fillStyle = look.backgroundColor;
  pen.fillRect(0, 0, canvas.width, canvas.height);
  const write = (text, left, top, size, weight, color) => {
    pen.font = `${weight} ${size * scale}px ${look.fontFamily}`;
    pen.fillStyle = color;
    pen.fillText(text, left, top);
    return left + pen.measureText(text).width;
  };
  write(heading, 10 * scale, line, 16, 700, look.color);
  let top = 1.6 * line;
  views.forEach((view, at) => {
    let left = write(view.model.name, 10 * scale, top + 0.8 * line, 14, 700, look.color);
    for (const [label, color] of view.model.tags.slice(1)) {
      left = write("  ● ", left, top + 0.8 * line, 14, 700, color);
      left = write(label, left, top + 0.8 * line, 13, 400, look.color);
    }
    pen.drawImage(pictures[at], 0, top + line);
    top += pictures[at].height + 1.5 * line;
  });
  const link = document.createElement("a");
  link.download = filename;
  link.href = canvas.toDataURL("image/png");
  link.click();
}
