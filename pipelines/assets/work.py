"""The work of the assets without Dagster: also what `juesuan build` asks first, to say "nothing new" without loading Dagster."""

from __future__ import annotations

from pipelines.assets.workspace import Workspace, problem_line
from pipelines.extraction.run import extract_files
from pipelines.extraction.store import FileOutcome, Store
from pipelines.extraction.version import reader_version
from pipelines.sources.archive import Archive, ArchivedFile
from pipelines.warehouse.build import Build


def fetch_new(workspace: Workspace) -> None:
    """Fetch what raw/sources.yml names, where there is one. A source that fails is a problem of the summary and stops nobody."""
    if not workspace.fetch or not workspace.home.sources_file.exists():
        return
    from pipelines.sources.sync import FetchRecord, sync

    workspace.progress.step("fetching")

    def heard(record: FetchRecord) -> None:
        workspace.summary.fetched += record.outcome == "new"
        if record.failed:
            problem = {"name": record.url, "reason": record.outcome, "message": record.message or "could not be fetched"}
            workspace.summary.problems.append(problem)
            workspace.progress.note(f"{record.url}: {record.outcome}: {record.message}")

    sync(workspace.home, heard)


def tell(workspace: Workspace, fault: BaseException) -> list[str]:
    """Send the notice "not published" wherever the settings say; returns a line for each that could not be delivered."""
    limits = workspace.home.limits
    if not workspace.notify or not (limits.notify_webhook or limits.notify_email):
        return []
    from pipelines.warehouse.notify import Notice, notify

    return notify(Notice("not_published", str(workspace.home.root), None, [str(fault), *workspace.summary.failures[:50]]), limits)


def archive_new(workspace: Workspace) -> None:
    """Archive the given paths and the inbox. A path that cannot be read is a problem of the summary and stops nobody."""
    if workspace.archived:
        return
    archive = Archive(workspace.home)
    paths = [*workspace.paths, *([workspace.home.inbox] if workspace.home.inbox.is_dir() else [])]
    workspace.progress.step("archiving")
    for added in archive.add_paths(paths):
        workspace.summary.added += added.new
        if added.error:
            workspace.summary.problems.append({"name": added.path.name, "reason": "unreadable", "message": added.error})
            workspace.progress.note(added.error)
    workspace.summary.archived = archive.count()
    workspace.archived = True


def nothing_new(workspace: Workspace) -> bool:
    """True when every archived file has been read by this reader and the published release is of this very fingerprint."""
    version = reader_version()
    build = Build.prepare(workspace.home, version)
    store = Store(workspace.home, version)
    if workspace.years or workspace.everything or store.missing(f.sha256 for f in Archive(workspace.home)):
        return False
    return not build.is_new()


def read_new(workspace: Workspace) -> None:
    """Stage every file this reader has not read, and those of `years`, or all, again."""
    files = list(Archive(workspace.home))
    summary = workspace.summary

    def again(outcome: FileOutcome) -> bool:
        return workspace.everything or bool(workspace.years & set(outcome.fiscal_years))

    def heard(file: ArchivedFile, outcome: FileOutcome, done: int, total: int) -> None:
        workspace.interrupts.check()
        workspace.progress.advance(file.name, done, total)
        summary.cells_read += outcome.n_cells
        if outcome.state != "ok":
            problem = {"sha256": file.sha256, "name": file.name, "reason": outcome.reason, "message": outcome.message}
            summary.problems.append(problem)
            workspace.progress.note(f"{outcome.state}: {problem_line(problem)}")

    workspace.progress.step("reading")
    outcome = extract_files(files, workspace.home, workspace.workers, again, heard)
    summary.read, summary.known = len(outcome.read), outcome.known
