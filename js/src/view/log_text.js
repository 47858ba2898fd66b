// The text of a log in one view: what the reader read, the filter let through and the finder found,
// in an editor that follows the end.

import { EditorSelection, Text } from "@codemirror/state";
import { EditorView } from "@codemirror/view";

import { isOfPlatform, levelOf } from "../text/levels.js";
import { inOrder, number, shortNames } from "../text/format.js";
import { Differing } from "../rows/differing.js";
import { Beyond, crossed } from "./beyond.js";
import { openEditor } from "./editor.js";
import { Filter, shift } from "./filter.js";
import { Finder } from "./finder.js";
import { Folding, unfold } from "./folding.js";
import { following } from "./follow.js";
import { setGaps } from "./gaps.js";
import { LaneView } from "./lane_view.js";
import { Overview } from "./overview.js";
import { looks, redraw, workerPrefix } from "./looks.js";
import { NOTHING } from "./query.js";
import { Reader } from "./reader.js";

const MOST = 256 << 20; // bytes of text in the browser
const KEPT = 192 << 20; // of them, when some has to go
const MOST_TOLD = 200; // new lines of a frame that are looked at for errors
const SHARE = 8; // ms in which other lines are shown at once, and not by and by
const MOST_AT_ALL = 2 * MOST; // of a reader who does not follow, and may have gone far up

export class LogText {
  #filter = null;
  #isMatching = false; // whether only lines that match are shown
  #hidesPlatform = false;
  #showsDiffering = false; // of several logs only what the first one lacks
  #wantsLanes = false; // several logs side by side, where there is room
  #first = { name: "", files: 0, owner: -1, logs: 0 }; // that one, among so many files, and logs with text
  #rowsShown = null; // the first and the last row that are shown; null for all of them
  #editor;
  #workers = [];
  #errorSearch = null;
  #isMoving = false; // the view will scroll when the browser has a moment
  #goingTo = null; // where somebody goes, in text that is on its way: {file, byte, show, again}
  #place = null; // of a log, where the reader wants to be: {file, byte, line, onNone}
  // Where the reader stands among other lines than before, until he moves: {file, byte} in a log that
  // is read anew, else row: [n, n], shifted with those before it; offset: px below the top; origin:
  // {file, byte} from where he chose other logs.
  #stand = null;
  #isStanding = false; // there, and not on the way
  #isCaughtUp = false; // what comes now is new
  isInSight = true;
  newRows = 0; // at the end, since the view does not follow any more

  /**
   * @param {{parent: Element, connection: object, frames: Frames, words: () => Function,
   *   signal: AbortSignal, onChange: () => void, onError: (line: string) => void}} options onError: a
   *   line came that tells of an error
   */
  constructor({ parent, connection, frames, words, signal, onChange, onError }) {
    Object.assign(this, { connection, frames, words, onChange, onError });
    this.reader = new Reader(connection.feed);
    this.finder = new Finder({
      onFound: (match) => this.#showMatch(match),
      onChange: () => this.onChange(),
      onKnown: () => this.#redraw(),
      goesBeyond: (...way) => this.#goBeyond(...way),
      onSlow: () => {
        this.overview.search(null);
        this.filter(false);
        this.#redraw();
        this.onChange();
      },
    });
    this.beyond = new Beyond({ connection, onChange: () => this.onChange() });
    this.follow = following({
      signal,
      onChange: () => this.#followChanged(),
      onMove: () => (this.#stand = null),
      onTop: () => this.loadEarlier(),
    });
    this.folding = new Folding({
      words,
      frames,
      view: () => this.view,
      onFolded: () => (this.follow.isOn ? this.#scrollToEnd() : this.#scrollToStand()),
    });
    this.#editor = openEditor({
      parent,
      label: words()("text"),
      empty: words()("empty"),
      lineNumber: (line) => this.#lineNumber(line),
      extensions: [
        looks(this.#looksSource()),
        this.follow.extension,
        this.folding.extension,
        EditorView.updateListener.of((update) => {
          if (update.viewportChanged || update.docChanged) this.#wantGapsInSight();
        }),
      ],
    });
    this.follow.listen(this.view);
    this.lanes = new LaneView({
      words,
      frames,
      signal,
      source: this.#lanesSource(),
      follow: this.follow,
      onMove: () => (this.#stand = null),
      onTop: () => this.loadEarlier(),
      onRoom: () => this.#arrange(),
      onChoose: (line) => {
        this.view.dispatch({ selection: { anchor: this.view.state.doc.line(line + 1).from } });
        this.lanes.choose(line);
      },
      allText: () => this.#sliceWithWorkers(0, this.view.state.doc.length),
    });
    parent.append(this.lanes.element);
    this.lanes.watch(parent);
    frames.add((deadline) => this.#read(deadline));
    frames.add((deadline) => this.finder.step(deadline));
    frames.add((deadline) => this.#lookForError(deadline));
    this.overview = new Overview({
      words,
      frames,
      signal,
      view: () => this.view,
      onGo: (line) => {
        this.#showLineOfDoc(this.view.state.doc.line(line + 1));
        this.focus();
      },
      onScroll: (share) => this.#scrollTo(share),
    });
    this.#startOverview();
    signal.addEventListener("abort", () => {
      this.finder.close();
      this.view.destroy();
    });
  }

  get view() {
    return this.#editor.view;
  }

  get rows() {
    return this.reader.transcript.rows;
  }

  get isFiltered() {
    return this.#filter !== null;
  }

  wrap(isOn) {
    this.#editor.wrap(isOn);
    this.lanes.wrap(isOn);
  }

  showNumbers(isOn) {
    this.#editor.showNumbers(isOn);
  }

  /** Put several logs side by side, or one line below the other as they come. */
  showLanes(isOn) {
    this.#wantsLanes = isOn;
    this.#arrange();
  }

  /** Whether logs would be side by side if there were room. */
  get lacksRoom() {
    return this.#wantsLanes && this.rows.owners !== null && this.lanes.room < 2;
  }

  #arrange() {
    const isOn = this.#wantsLanes && this.rows.owners !== null && this.lanes.room > 1;
    const top = this.follow.isOn || isOn === this.lanes.isOn ? null : this.#topPosition();
    const hadFocus = this.lanes.isOn ? this.lanes.element.contains(document.activeElement) : this.view.hasFocus;
    if (isOn || this.lanes.isOn) this.lanes.open(isOn);
    this.view.dom.classList.toggle("mm-behind", isOn);
    if (top !== null) this.#goTo(top, "start");
    if (hadFocus) this.focus();
    this.onChange();
  }

  focus() {
    if (this.lanes.isOn) this.lanes.element.focus();
    else this.view.focus();
  }

  /** Show lines as one that repeat, or that are one traceback; or all. */
  fold(isOn) {
    this.#stand = this.#standing();
    this.#isStanding = false;
    this.folding.start(isOn, this.#ownerOf);
    this.#standAgain();
  }

  /** Show another log, "" for all of them. */
  showFile(file) {
    if (file === this.reader.file) return;
    const stand = this.#standIn(file);
    this.reader.file = file;
    this.restart(stand);
  }

  clear(isCleared) {
    this.reader.clear(isCleared);
    this.restart();
  }

  /** Read everything again, and stand at `stand`, or at the end. */
  restart(stand = null) {
    this.reader.restart();
    this.#workers = [];
    this.#rowsShown = null;
    const wanted = this.#wanted();
    this.#filter = wanted && new Filter(this.rows, wanted);
    this.#goingTo = null;
    this.#replaceDoc(Text.empty);
    this.#arrange();
    this.#searchBeyond();
    this.#stand = stand;
    this.#isStanding = false;
    this.follow.set(stand === null);
    this.frames.wake();
  }

  setPaused(isPaused) {
    this.reader.isPaused = isPaused;
    this.frames.wake();
  }

  /** Out of sight the editor would draw all that is added; it reads on when it is seen again. */
  setInSight(isInSight) {
    this.isInSight = isInSight;
    this.frames.wake();
  }

  loadEarlier() {
    if (this.reader.isCleared) return;
    const { needs } = this.connection;
    needs.wantEarlier(this.reader.files.filter((file) => !needs.isLoading(file)));
    this.onChange();
  }

  loadAll() {
    this.connection.needs.wantAll(this.reader.files);
    this.onChange();
  }

  /** Search for something else; go to the next match, or show only the lines that match. */
  search(query, { isFilter }) {
    if (this.finder.matcher && isSame(query, this.finder.query)) return this.filter(isFilter);
    this.finder.start(query, this.#shownDoc);
    this.overview.search(this.finder.matcher ?? null);
    this.#goingTo = null;
    this.#searchBeyond();
    this.filter(isFilter);
    this.#redraw();
    if (!this.#isMatching) this.finder.find(this.#position(), true);
    this.frames.wake();
  }

  /** Show only lines that match, or all. */
  filter(isOn) {
    const wasMatching = this.#isMatching;
    this.#isMatching = isOn && Boolean(this.finder.matcher);
    if (this.#isMatching || wasMatching) this.#showWanted();
  }

  /** Show the lines that the platform wrote, too, or only those of the program. */
  hidePlatform(isOn) {
    this.#hidesPlatform = isOn;
    this.#showWanted();
  }

  /** Of several logs, show only the lines that the first one does not have. */
  showDiffering(isOn) {
    this.#showsDiffering = isOn;
    this.#showWanted();
  }

  #isOfFirst = (owner) => {
    const { transcript } = this.reader;
    if (this.#first.logs !== transcript.size) {
      this.#first.logs = transcript.size;
      this.#first.owner = transcript.names.indexOf(this.#first.name);
    }
    return owner === this.#first.owner;
  };

  #differing() {
    if (!this.#showsDiffering || this.rows.owners === null) return null;
    const { files } = this.reader;
    this.#first = { name: inOrder(files)[0], files: files.length, owner: -1, logs: 0 };
    return new Differing(this.#isOfFirst);
  }

  /** What tells which lines are shown; null for all of them. */
  #wanted() {
    const found = this.#isMatching ? this.finder.matcher : null;
    const [hidesPlatform, rows] = [this.#hidesPlatform, this.#rowsShown];
    const differing = this.#differing();
    if (!hidesPlatform && rows === null && differing === null) return found;
    return {
      knows: (lines) => found?.knows(lines) ?? true,
      takeNews: () => differing?.takeNews() ?? false,
      test: (line, row, owner) =>
        (differing?.test(line, owner) ?? true) &&
        (rows === null || (row >= rows[0] && row <= rows[1])) &&
        !(hidesPlatform && isOfPlatform(line)) &&
        (found?.test(line) ?? true),
    };
  }

  #follow(splices) {
    for (const splice of splices) {
      if (this.#stand?.row) shift(this.#stand.row, splice);
      if (this.#rowsShown !== null) shift(this.#rowsShown, splice);
      this.#filter?.apply([splice]);
    }
  }

  #showWanted() {
    this.#stand = this.#standing();
    this.#isStanding = false;
    const wanted = this.#wanted();
    this.#filter = wanted && new Filter(this.rows, wanted);
    this.#filter?.step(performance.now() + SHARE);
    this.#replaceDoc(this.#shownDoc);
    this.#standAgain();
    this.frames.wake();
  }

  // ---- where the reader stands --------------------------------------------------------------------

  /** The row at the top of what is seen; null at the end, which is followed. */
  #standing() {
    if (this.follow.isOn || this.rows.count === 0) return null;
    if (this.#stand !== null) return this.#stand;
    const row = this.#topRow() ?? 0;
    if (this.lanes.isOn) return { row: [row, row], offset: 0 };
    const top = this.view.coordsAtPos(this.#topPosition())?.top;
    const offset = top === undefined ? 0 : top - this.view.scrollDOM.getBoundingClientRect().top;
    return { row: [row, row], offset };
  }

  /** The same in a log that is read anew, of which `file` is shown: the nearest line that it has. */
  #standIn(file) {
    const stand = this.#standing();
    if (!stand?.row) return stand;
    const [row] = stand.row;
    if (row >= this.rows.count) return null;
    const { offset, origin = this.#placeOf(row) } = stand;
    const isHere = (place) => place.byte !== null && (file === "" || file === place.file);
    if (isHere(origin)) return { ...origin, offset, origin };
    const near = this.#nearest(row, file);
    return near !== null && isHere(near) ? { ...near, offset, origin } : null;
  }

  /** Where the first line of a log stands from a row on, or the last one before; null where it has none. */
  #nearest(row, file) {
    const owner = this.reader.transcript.names.indexOf(file);
    const after = this.rows.owners?.indexOf(owner, row) ?? -1;
    const found = after < 0 ? (this.rows.owners?.lastIndexOf(owner, row) ?? -1) : after;
    return found < 0 ? null : this.#placeOf(found);
  }

  #placeOf(row) {
    const { file, byte } = this.reader.transcript.placeOf(row, this.#textFrom);
    return { file, byte };
  }

  /** Stand where the reader stood, as soon as that is here. */
  #standAgain() {
    if (this.#stand === null || this.#isStanding) return;
    if (!this.#stand.row) {
      if (this.reader.isBehind) return;
      const { file, byte, offset, origin } = this.#stand;
      const row = this.reader.transcript.rowOfByte(file, byte, this.#textFrom);
      if (row === null) return this.goToEnd();
      this.#stand = { row: [row, row], offset, origin };
    }
    if (this.#filter?.hasSeen(this.#stand.row[0]) === false) return;
    this.#isStanding = true;
    this.#scrollToStand();
  }

  #scrollToStand() {
    if (this.#stand === null || !this.#isStanding) return;
    const { row: [row], offset } = this.#stand;
    const isShown = this.#filter === null || this.#filter.shown.extras[this.#filter.lineOf(row)] === row;
    const yMargin = isShown ? offset : 0;
    const start = this.#lineStart(row);
    this.view.dispatch({ effects: EditorView.scrollIntoView(start, { y: "start", yMargin }) });
    this.lanes.show(this.view.state.doc.lineAt(start).number - 1, { isChosen: false });
  }

  findNext(isForward) {
    this.finder.next(this.#position(), isForward);
    this.frames.wake();
  }

  /** Go to the row with this number, from 1; with a filter, to the next one that is shown. */
  goToLine(line) {
    const row = Math.max(0, Math.min(line - 1, this.rows.count - 1));
    this.follow.set(false);
    this.#goTo(this.#lineStart(row), "center", true);
  }

  /**
   * Go to the line that `byte` is on, or to line `line`, from 1, as soon as it is here; `onNone` when
   * the log does not go so far.
   */
  goToPlace(place) {
    this.#place = place;
    this.frames.wake();
  }

  /** Where the first line that is selected stands in its log, or else the first one in sight. */
  placeHere() {
    if (this.rows.count === 0) return null;
    const row = this.#rowOf(this.view.state.doc.lineAt(this.#position()).number - 1) ?? 0;
    const place = this.reader.transcript.placeOf(row, this.#textFrom);
    const begins = this.connection.feed.begins[place.file];
    // Where nobody knows how much is before it, its bytes are not those of the log.
    return begins === undefined ? place : { ...place, byte: null };
  }

  /** Go to the line that a byte is on, as the pieces of the feed count bytes. */
  goToByte(file, byte) {
    if (this.reader.file !== "" && this.reader.file !== file) this.showFile(file);
    if (this.connection.feed.spans(file)?.last === undefined) return;
    this.#showByte({ file, byte: byte - this.connection.feed.beginning(file) });
  }

  /** Show only the lines between the first and the last of some bytes: [{file, from, to}]; null for all. */
  showRanges(ranges) {
    const rowOf = (file, byte) => this.reader.transcript.rowOfByte(file, byte, this.#textFrom);
    const rows = (ranges ?? []).flatMap(({ file, from, to }) => [rowOf(file, from), rowOf(file, to)]);
    const here = rows.filter((row) => row !== null);
    const wanted = here.length > 0 ? [Math.min(...here), Math.max(...here)] : null;
    if (wanted === null && this.#rowsShown === null) return;
    this.#rowsShown = wanted;
    this.#showWanted();
  }

  #lineBelow({ clientX, clientY, target }) {
    if (this.lanes.isOn) return this.lanes.lineAt(target);
    const at = this.view.posAtCoords({ x: clientX, y: clientY });
    return at === null ? -1 : this.view.state.doc.lineAt(at).number - 1;
  }

  /** The bytes of the line below a pointer: {file, from, to}; or null. */
  rangeAt(event) {
    const line = this.#lineBelow(event);
    if (line < 0 || this.rows.count === 0) return null;
    const row = this.#rowOf(line);
    if (row === undefined || row >= this.rows.count) return null;
    const { transcript } = this.reader;
    const { file, byte, end } = transcript.placeOf(row, this.#textFrom);
    return byte === null ? null : { file, from: byte, to: end };
  }

  #textFrom = (file, byte) => this.connection.feed.textFrom(file, byte);

  #scrollTo(share) {
    const { scrollDOM, state } = this.view;
    this.follow.set(false);
    this.#stand = null;
    this.lanes.show(Math.floor(share * (state.doc.lines - 1)), { isChosen: false });
    scrollDOM.scrollTop = share * scrollDOM.scrollHeight - scrollDOM.clientHeight / 2;
  }

  goToEnd() {
    this.#place = null;
    this.#stand = null;
    this.follow.set(true);
    this.#scrollToEnd();
  }

  #scrollToEnd() {
    this.view.dispatch({ effects: this.follow.effect(this.view.state.doc.length) });
  }

  goToStart() {
    this.follow.set(false);
    this.#goTo(0, "start");
  }

  /**
   * Look for a line that tells of an error: the "first", the "last", the "next" or the "previous" one
   * from where the reader is, and on from the other end; `onNone` when there is none.
   */
  findError(which, onNone) {
    this.#errorSearch = { onNone, lines: this.#errorLines(which) };
    this.frames.wake();
  }

  /** The selected text, or all; with the names of workers where logs are merged. */
  copyText() {
    const { selected } = this.lanes;
    if (selected !== "") return { text: selected, lines: selected.split("\n").length };
    const { main } = this.view.state.selection;
    const { doc } = this.view.state;
    const [from, to] = main.empty ? [0, doc.length] : [main.from, main.to];
    return { text: this.#sliceWithWorkers(from, to), lines: countLines(doc, from, to) };
  }

  #sliceWithWorkers(from, to) {
    const { doc } = this.view.state;
    if (this.rows.owners === null) return doc.sliceString(from, to);
    const first = doc.lineAt(from).number;
    const lines = doc.sliceString(from, to).split("\n");
    const name = (index) => this.#worker(first - 1 + index)?.name ?? "";
    return lines.map((line, index) => `${name(index)} ${line}`).join("\n");
  }

  get #shownDoc() {
    return this.#filter ? this.#filter.shown.doc : this.rows.doc;
  }

  // One frame: read, and put what was read into the editor as one transaction.
  #read(deadline) {
    if (!this.isInSight) return false;
    this.#trim();
    if (this.reader.isStale) {
      const isOther = this.reader.epoch !== this.connection.feed.epoch;
      if (isOther) this.reader.forget();
      this.restart(isOther ? null : this.#standIn(this.reader.file));
    }
    const isMore = () => this.#first.files !== this.reader.files.length; // and another may be the first
    if (this.#showsDiffering && this.rows.owners !== null && isMore()) this.#showWanted();
    const before = this.reader.transcript.grown;
    this.reader.step(deadline, (splices) => this.#follow(splices));
    const isFiltering = this.#filter?.step(deadline) ?? false;
    const rows = this.#filter ? this.#filter.shown : this.rows;
    const changes = rows.takeChanges();
    if (this.#filter) this.rows.takeChanges();
    const grown = this.reader.transcript.grown - before;
    if (!this.follow.isOn) this.newRows += grown;
    if (grown > 0 && this.#isCaughtUp) this.#tellOfErrors(grown);
    this.#isCaughtUp = !this.reader.isBehind;
    if (changes) this.#dispatch(changes, rows);
    this.#standAgain();
    this.#goToPlace();
    this.#arrive();
    return this.reader.isBehind || isFiltering;
  }

  #tellOfErrors(count) {
    const { doc } = this.rows;
    const first = Math.max(1, doc.lines - Math.min(count, MOST_TOLD));
    for (const text of doc.iterLines(first, doc.lines + 1)) {
      if (levelOf(text) === "error") return this.onError(text);
    }
  }

  // ---- matches in what is not here ---------------------------------------------------------------

  #searchBeyond() {
    const { matcher, query } = this.finder;
    this.beyond.start(matcher && !this.reader.isCleared ? query : NOTHING, this.reader.files);
  }

  /** Go to a match that stands before `match`, on the way from `position`, if there is one. */
  #goBeyond(position, match, isForward) {
    if (this.#filter || this.reader.isMidPiece) return false;
    const { doc } = this.view.state;
    const holes = this.reader.transcript.holes().map((hole) => ({ ...hole, at: this.#lineStart(hole.row) }));
    for (const hole of crossed(holes, { position, match, isForward, length: doc.length })) {
      const byte = this.beyond.in(hole, isForward);
      if (byte === null) continue;
      this.follow.set(false);
      const show = () => {
        // A line may begin where the text before it ends.
        const { transcript } = this.reader;
        const row = transcript.rowAt(hole.file, byte) ?? Math.max(0, hole.row - 1);
        this.finder.find(this.#lineStart(row), true);
      };
      const again = () => this.finder.current && this.#showMatch(this.finder.current);
      this.#goingTo = { file: hole.file, byte, show, again };
      this.connection.needs.wantAt(hole.file, byte, [hole.start, hole.end]);
      this.onChange();
      return true;
    }
    return false;
  }

  /** Show what was gone to as soon as its text is here, and what is before it. */
  #arrive() {
    const going = this.#goingTo;
    if (going === null || this.reader.isBehind || !this.#isHere(going)) return;
    if (going.isShown) {
      this.#goingTo = null;
      going.again();
      return;
    }
    going.show();
    const before = this.connection.needs.wantBefore(going.file, going.byte);
    this.#goingTo = { ...going, byte: before, isShown: true };
    this.frames.wake();
  }

  // ---- a place in a log --------------------------------------------------------------------------

  /** Go on the way to the place where the reader wants to be. */
  #goToPlace() {
    const { feed, needs } = this.connection;
    if (this.#place === null || this.reader.isBehind) return;
    const place = { ...this.#place, file: this.#place.file || feed.names[0] };
    const spans = feed.spans(place.file);
    if (spans?.last === undefined) return;
    const isCounted = place.byte !== undefined && feed.begins[place.file] === undefined;
    if (!isCounted && feed.before(place.file) > 0) {
      if (!needs.isLoading(place.file)) this.loadAll();
      return;
    }
    if (!isCounted && feed.holes(place.file).length > 0) return;
    this.#place = null;
    const isThere = place.byte === undefined ? this.#showLine(place) : this.#showByte(place);
    if (!isThere) place.onNone();
  }

  #showLine({ file, line }) {
    const row = this.reader.transcript.rowOfLine(file, line);
    if (row !== null) this.#showRow(row);
    return row !== null;
  }

  #showByte({ file, byte: fromItsBeginning }) {
    const { feed, needs } = this.connection;
    const byte = feed.beginning(file) + fromItsBeginning;
    if (byte >= feed.spans(file).last[1]) return false;
    const show = () => {
      const row = this.reader.transcript.rowOfByte(file, byte, this.#textFrom);
      if (row !== null) this.#showRow(row);
    };
    const hole = feed.holes(file).find(([start, end]) => start <= byte && byte < end);
    if (hole === undefined) show();
    else {
      this.follow.set(false);
      this.#goingTo = { file, byte, show, again: show };
      needs.wantAt(file, byte, hole);
    }
    this.onChange();
    return true;
  }

  /** Show a line among others, selected. */
  #showRow(row) {
    this.#showLineOfDoc(this.view.state.doc.lineAt(this.#lineStart(row)));
  }

  #showLineOfDoc(line) {
    this.follow.set(false);
    this.#stand = null;
    const selection = { anchor: line.to, head: line.from };
    const scroll = EditorView.scrollIntoView(line.from, { y: "center" });
    this.view.dispatch({ selection, effects: [unfold.of(line), scroll] });
    this.lanes.show(line.number - 1);
  }

  #isHere({ file, byte }) {
    const spans = this.connection.feed.spans(file);
    return spans !== undefined && spans.missing(byte, byte + 1).length === 0;
  }

  get isGoing() {
    return this.#goingTo !== null && !this.#goingTo.isShown;
  }

  #wantGapsInSight() {
    const { from, to } = this.view.viewport;
    if (this.#filter || this.reader.isMidPiece) return;
    for (const { row, file, start, end } of this.reader.transcript.gaps()) {
      const at = this.#lineStart(row);
      const isInSight = this.lanes.isOn ? this.lanes.isInSight(row) : from <= at && at <= to;
      if (isInSight) this.connection.needs.wantGap(file, [start, end]);
    }
  }

  // While the reader follows the end, what is far above it can go; it is fetched again at the top.
  #trim() {
    const { feed } = this.connection;
    if (feed.bytes > (this.follow.isOn ? MOST : MOST_AT_ALL)) feed.trim(KEPT);
  }

  #dispatch(changes, rows) {
    this.finder.follow(changes, rows.doc);
    const before = this.view.state.doc;
    const effects = this.reader.isMidPiece ? [] : [setGaps.of(this.#gaps())];
    // Where to scroll to has to be asked for when the text is there: it may lie beyond the old end.
    const scroll = this.follow.isOn ? this.follow.effect(rows.doc.length) : this.#stay(changes);
    this.view.dispatch({ changes, effects });
    if (scroll) this.view.dispatch({ effects: scroll });
    rows.doc = this.view.state.doc; // one copy, not two
    let first = rows.doc.length;
    changes.iterChangedRanges((_from, _to, from) => (first = Math.min(first, from)));
    this.lanes.changed(changes, before, rows.doc);
    this.overview.changed(rows.doc, rows.doc.lineAt(first).number - 1);
    this.folding.changed(first);
    if (this.finder.matcher) this.frames.wake();
    this.onChange();
  }

  // CodeMirror keeps the first visible line where it is, but for text that comes directly before
  // it. That line may be joined with such text, so the one after it is what stays.
  #stay(changes) {
    const { view } = this;
    if (this.#isMoving) return null; // CodeMirror keeps in mind where it is to scroll to
    const top = view.lineBlockAtHeight(view.scrollDOM.scrollTop);
    const next = top.to + 1;
    if (next > view.state.doc.length) return null;
    const after = changes.mapPos(next, 1);
    if (after - next === changes.mapPos(top.from, -1) - top.from) return null;
    const yMargin = top.bottom - view.scrollDOM.scrollTop;
    this.#isMoving = true;
    view.requestMeasure({ read: () => null, write: () => (this.#isMoving = false) });
    return EditorView.scrollIntoView(after, { y: "start", yMargin });
  }

  #replaceDoc(doc) {
    const { view } = this;
    this.rows.takeChanges();
    this.#filter?.shown.takeChanges();
    this.follow.forget();
    const changes = { from: 0, to: view.state.doc.length, insert: doc };
    const effects = [setGaps.of(this.#filter ? [] : this.#gaps(doc)), redraw.of(null)];
    view.dispatch({ changes, effects, selection: { anchor: 0 } });
    this.#mark(false);
    if (this.follow.isOn) view.dispatch({ effects: this.follow.effect(doc.length) });
    this.finder.restart(this.#shownDoc);
    this.lanes.start();
    this.#startOverview();
    if (this.folding.isOn) this.folding.start(true, this.#ownerOf);
    this.newRows = 0;
    this.onChange();
  }

  #ownerOf = (line) => this.rows.owners?.[this.#rowOf(line)] ?? 0;

  #startOverview() {
    this.overview.start(this.#shownDoc, this.#ownerOf);
    this.overview.search(this.finder.matcher ?? null);
  }

  #redraw() {
    this.view.dispatch({ effects: redraw.of(null) });
    this.lanes.restyle();
    this.frames.wake();
  }

  #gaps(doc = this.rows.doc) {
    if (this.#filter || doc !== this.rows.doc) return [];
    const { rows } = this;
    return this.reader.transcript.gaps().map(({ row, start, end }) => ({
      position: rows.count === 0 ? 0 : row < rows.count ? doc.line(row + 1).from : doc.length,
      label: this.words()("gap", { n: number(end - start) }),
    }));
  }

  #followChanged() {
    this.newRows = 0;
    this.lanes.redraw();
    this.onChange();
  }

  #showMatch(match) {
    this.follow.set(false);
    this.#stand = null;
    const range = EditorSelection.range(match.from, match.to);
    const scroll = EditorView.scrollIntoView(range, { y: "center" });
    this.view.dispatch({ selection: range, effects: [unfold.of(match), scroll, redraw.of(null)] });
    this.lanes.show(this.view.state.doc.lineAt(match.from).number - 1);
  }

  /** Let the line be seen on which the cursor stands, or not. */
  #mark(isSeen) {
    this.view.dom.parentElement.classList.toggle("mm-there", isSeen);
  }

  #goTo(position, y, isSelected = false) {
    this.#stand = null;
    if (isSelected) this.#mark(true);
    const selection = isSelected ? { anchor: position } : undefined;
    const scroll = EditorView.scrollIntoView(position, { y });
    this.view.dispatch({ selection, effects: [unfold.of({ from: position, to: position }), scroll] });
    this.lanes.show(this.view.state.doc.lineAt(position).number - 1, { isChosen: isSelected });
  }

  /** Where a search begins: at the cursor, or at the top of what is seen. */
  #position() {
    const { state } = this.view;
    const { main } = state.selection;
    if (!main.empty || main.head !== 0) return main.from;
    return this.#isStanding && this.#stand ? this.#lineStart(this.#stand.row[0]) : this.#topPosition();
  }

  #topPosition() {
    const { view } = this;
    if (this.lanes.isOn) return view.state.doc.line(Math.min(this.lanes.topLine + 1, view.state.doc.lines)).from;
    return Math.min(view.lineBlockAtHeight(view.scrollDOM.scrollTop).from, view.state.doc.length);
  }

  #topRow() {
    return this.#rowOf(this.view.state.doc.lineAt(this.#topPosition()).number - 1);
  }

  // Lines are counted in the document that is shown, rows in the log.
  #rowOf(line) {
    return this.#filter ? this.#filter.shown.extras[line] : line;
  }

  #lineStart(row) {
    const { doc } = this.view.state;
    const line = this.#filter ? this.#filter.lineOf(row) : row;
    return doc.line(Math.max(1, Math.min(line + 1, doc.lines))).from;
  }

  #lineNumber(line) {
    const row = this.#rowOf(line - 1) ?? line - 1;
    return this.reader.transcript.isWhole ? String(row + 1) : `~${row + 1}`;
  }

  #looksSource() {
    return {
      styles: this.reader.styles,
      words: this.words,
      extraOf: (line) => this.rows.extras[this.#rowOf(line)] ?? null,
      workerOf: (line) => this.#worker(line),
      matcher: () => this.finder.matcher,
      current: () => this.finder.current,
    };
  }

  #lanesSource() {
    return {
      ...this.#looksSource(),
      doc: () => this.view.state.doc,
      ownerOf: (line) => this.rows.owners?.[this.#rowOf(line)],
      names: () => this.reader.transcript.names,
      files: () => this.reader.files,
      gaps: () => this.#gapsByLine(),
      onDrawn: () => this.#wantGapsInSight(),
    };
  }

  #gapsByLine() {
    const gaps = this.#filter ? [] : this.reader.transcript.gaps();
    return new Map(gaps.map(({ row, start, end }) => [row, this.words()("gap", { n: number(end - start) })]));
  }

  #worker(line) {
    const owner = this.rows.owners?.[this.#rowOf(line)];
    if (owner === undefined) return null;
    const { transcript } = this.reader;
    if (this.#workers.length !== transcript.size) {
      const names = shortNames(transcript.names);
      const width = Math.max(...names.map((name) => name.length));
      this.#workers = names.map((name, index) => workerPrefix(index, name, width));
    }
    return this.#workers[owner];
  }

  #lookForError(deadline) {
    const looking = this.#errorSearch;
    if (looking === null) return false;
    let step;
    do step = looking.lines.next();
    while (!step.done && performance.now() < deadline);
    if (!step.done) return true;
    this.#errorSearch = null;
    if (step.value === null) looking.onNone();
    else this.goToLine(step.value + 1);
    return false;
  }

  // Yields every few lines, and returns the row of the error, or null.
  *#errorLines(which) {
    const { rows } = this;
    const step = which === "last" || which === "previous" ? -1 : 1;
    const line = this.view.state.doc.lineAt(this.#position()).number - 1;
    const before = { first: -1, last: rows.count }[which] ?? this.#rowOf(line) ?? -1;
    for (let n = 1; n <= rows.count; n += 1) {
      const row = (before + step * n + rows.count) % rows.count;
      if (levelOf(rows.doc.line(row + 1).text) === "error") return row;
      if (n % 64 === 0) yield;
    }
    return null;
  }
}

function isSame(one, other) {
  return Object.keys(one).every((name) => one[name] === other[name]);
}

function countLines(doc, from, to) {
  return doc.length === 0 ? 0 : doc.lineAt(to).number - doc.lineAt(from).number + 1;
}
