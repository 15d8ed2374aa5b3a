/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca.dump;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.List;

import com.google.common.io.Closer;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkState;

/**
 * Writes the allocation of every parameter at every step to a folder that NumPy reads without loading it.
 *
 * <pre>{@code
 * allocations.npy  [T, K] float32  A[t, k], negative = parameter k helped in step t; unit: the loss
 * steps.npy        [T, 2] float64  updates seen before the step, up to its end
 * loss.npy         [T, 3] float64  L before, L after, sum over k of A[t, k] before rounding to float32
 * index.json                       arrays and their columns, units, the Python lines that read the folder
 * }</pre>
 *
 * <p>Each step is {@link #begin}, {@link #values(double[], int)} for one tile of columns after the other, {@link #end}.
 * The folder is readable while it grows, and a process that is killed loses the step it is in and no other; {@code
 * loss.npy} is written last, so its length is the T that all files have. See {@link NpyMatrixWriter}.
 *
 * <p>Cost: 4 T K bytes on disk, for example 4.9 GB for 4,500 steps of 273,066 parameters; a buffer of at most 4 MiB
 * outside the heap. Not safe for use by several threads at once.
 *
 * @since 0.1.0
 */
public final class AllocationDump implements Closeable {
    private enum State {
        BETWEEN_STEPS("between two steps; call begin(..) first"),
        IN_STEP("inside a step; call end() or cancel() first"),
        FAILED("broken by an exception; close it and start another one"),
        CLOSED("closed; start another one");

        private final String remedy;

        State(String remedy) {
            this.remedy = remedy;
        }
    }

    private final DumpFiles files;
    private final long columns;
    private State state = State.BETWEEN_STEPS;
    private double[] step;
    private double[] losses;
    private long received;

    private AllocationDump(DumpFiles files, long columns) {
        this.files = files;
        this.columns = columns;
    }

    /**
     * Starts a dump in a folder that holds none yet.
     *
     * @param folder made if it does not exist
     * @param dataSet name of the data whose loss is allocated, for example {@code train}
     * @param arrays the arrays whose values make up the K columns, in their order there, without gaps
     * @return a dump of zero steps
     * @throws IllegalArgumentException if there is no array, two have the same name, or the data set has no name
     * @throws FileAlreadyExistsException if the folder holds a file of an earlier dump
     * @throws IOException if the folder cannot be written
     */
    public static AllocationDump create(Path folder, String dataSet, List<DumpedArray> arrays) throws IOException {
        DumpIndex index = new DumpIndex(dataSet, arrays);
        DumpFiles.refuseEarlier(folder);
        return new AllocationDump(new DumpFiles(folder, index), index.columns());
    }

    /**
     * Refuses a folder that a dump cannot be started in, as {@link #create} would, but before there is anything to write.
     *
     * @param folder made if it does not exist
     * @throws FileAlreadyExistsException if the folder holds a file of an earlier dump
     * @throws IOException if it is no folder, or cannot be made or written to
     */
    public static void prepare(Path folder) throws IOException {
        DumpFiles.refuseEarlier(folder);
        DumpFiles.make(folder);
    }

    /**
     * Starts a dump in a folder and deletes the four files of an earlier one there; other files stay.
     *
     * @param folder made if it does not exist
     * @param dataSet name of the data whose loss is allocated, for example {@code train}
     * @param arrays the arrays whose values make up the K columns, in their order there, without gaps
     * @return a dump of zero steps
     * @throws IllegalArgumentException if there is no array, two have the same name, or the data set has no name
     * @throws IOException if the folder cannot be written
     */
    public static AllocationDump replace(Path folder, String dataSet, List<DumpedArray> arrays) throws IOException {
        DumpIndex index = new DumpIndex(dataSet, arrays);
        DumpFiles.deleteEarlier(folder);
        return new AllocationDump(new DumpFiles(folder, index), index.columns());
    }

    /**
     * Number of values in each step.
     *
     * @return K, the sum of the arrays' lengths
     */
    public long columns() {
        return columns;
    }

    /**
     * Number of steps that have ended.
     *
     * @return T
     */
    public long steps() {
        return files.steps();
    }

    /**
     * Begins a step.
     *
     * @param updatesBefore updates seen before the step, 0 or more
     * @param updatesAfter updates seen up to its end, more
     * @param lossBefore loss at {@code updatesBefore}; NaN if unknown
     * @param lossAfter loss at {@code updatesAfter}; NaN if unknown
     * @param allocated sum of the step's allocations, as summed in double precision
     * @throws IllegalArgumentException if the numbers of updates are out of range
     * @throws IllegalStateException if a step is open, or the dump is closed or has failed
     */
    public void begin(long updatesBefore, long updatesAfter, double lossBefore, double lossAfter, double allocated) {
        require(State.BETWEEN_STEPS, "begin");
        checkArgument(
                updatesBefore >= 0 && updatesAfter > updatesBefore,
                "updates of step %s in %s must be 0 <= before < after, got %s before and %s after",
                steps(),
                files,
                updatesBefore,
                updatesAfter);
        step = new double[] {updatesBefore, updatesAfter};
        losses = new double[] {lossBefore, lossAfter, allocated};
        received = 0;
        state = State.IN_STEP;
    }

    /**
     * Takes the allocations of the next columns of the open step, rounded to float32.
     *
     * @param tile values in the order of the columns
     * @param n how many of them count, from index 0
     * @throws IllegalArgumentException if {@code n} is no possible length, or the step gets more than K values
     * @throws IllegalStateException if no step is open
     * @throws IOException if the file cannot be written; the dump can only be closed then
     */
    public void values(double[] tile, int n) throws IOException {
        checkTile(tile.length, n);
        state = State.FAILED; // until all went well
        files.allocations().append(tile, 0, n);
        state = State.IN_STEP;
        received += n;
    }

    private void checkTile(int length, int n) {
        require(State.IN_STEP, "values");
        checkArgument(n >= 0 && n <= length, "n of a tile for %s must be 0 to its length %s, got %s", files, length, n);
        checkArgument(
                n <= columns - received,
                "step %s in %s must get %s values, got %s and %s more; call end() first",
                steps(),
                files,
                columns,
                received,
                n);
    }

    /**
     * Ends the open step and hands it to the operating system.
     *
     * @throws IllegalStateException if no step is open or it has not got K values; it stays open
     * @throws IOException if the files cannot be written; the dump can only be closed then
     */
    public void end() throws IOException {
        require(State.IN_STEP, "end");
        checkState(
                received == columns,
                "step %s in %s must get %s values, got %s; send the rest, or cancel()",
                steps(),
                files,
                columns,
                received);
        state = State.FAILED;
        files.end(step, losses);
        state = State.BETWEEN_STEPS;
    }

    /**
     * Drops the open step, as after an error in the middle of it.
     *
     * @throws IllegalStateException if no step is open
     * @throws IOException if the files cannot be written; the dump can only be closed then
     */
    public void cancel() throws IOException {
        require(State.IN_STEP, "cancel");
        state = State.FAILED;
        files.allocations().truncate(steps());
        state = State.BETWEEN_STEPS;
    }

    private void require(State needed, String action) {
        checkState(state == needed, "%s() has no place now: the dump in %s is %s", action, files, state.remedy);
    }

    /**
     * Drops an open step and closes the files. A second call does nothing.
     *
     * @throws IOException if a file cannot be written; all are closed nevertheless
     */
    @Override
    public void close() throws IOException {
        Closer lastInFirstOut = Closer.create();
        lastInFirstOut.register(files);
        if (state == State.IN_STEP) {
            lastInFirstOut.register(this::cancel);
        }
        try {
            lastInFirstOut.close();
        } finally {
            state = State.CLOSED;
        }
    }
}
