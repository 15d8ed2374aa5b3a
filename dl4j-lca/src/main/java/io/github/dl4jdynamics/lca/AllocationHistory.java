/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

import com.google.common.collect.ImmutableList;
import io.github.dl4jdynamics.lca.math.StepColumns;
import io.github.dl4jdynamics.lca.nd4j.ParameterTotals;
import io.github.dl4jdynamics.spectral.oracle.ParameterArray;
import io.github.dl4jdynamics.spectral.report.Csv;
import io.github.dl4jdynamics.spectral.report.ReportSection;
import io.github.dl4jdynamics.spectral.report.Table;

/**
 * The allocations of one run so far. A snapshot: it does not grow while training goes on.
 *
 * <p>Data sets are numbered from 0 in the order of the builder; 0 is the one it was made with. Negative allocations
 * helped. A gap has NaN where allocations are listed step by step.
 *
 * @since 0.1
 */
public final class AllocationHistory {
    private final String settings;
    private final String cost;
    private final ImmutableList<ParameterArray> arrays;
    private final ImmutableList<UnitGroup> groups;
    private final ImmutableList<AllocationStep> steps;
    private final ImmutableList<AllocationTotals> totals;
    private final ImmutableList<ParameterTotals> classTotals;
    private final StepColumns unitColumns;

    AllocationHistory(
            String settings,
            String cost,
            List<ParameterArray> arrays,
            List<UnitGroup> groups,
            List<AllocationStep> steps,
            List<AllocationTotals> totals,
            List<ParameterTotals> classTotals,
            StepColumns unitColumns) {
        this.settings = settings;
        this.cost = cost;
        this.arrays = ImmutableList.copyOf(arrays);
        this.groups = ImmutableList.copyOf(groups);
        this.steps = ImmutableList.copyOf(steps);
        this.totals = ImmutableList.copyOf(totals);
        this.classTotals = ImmutableList.copyOf(classTotals);
        this.unitColumns = unitColumns;
    }

    /** Of a listener that has followed nothing, with a gap that says why not if it was to. */
    static AllocationHistory empty(LossChangeAllocationBuilder settings, List<AllocationStep> gaps) {
        return new AllocationHistory(
                settings.toString(), "no measurement", List.of(), List.of(), gaps, List.of(), List.of(), null);
    }

    /** What the listener was built with. */
    public String settings() {
        return settings;
    }

    /** What measuring cost, in words. */
    public String cost() {
        return cost;
    }

    /** Parameter arrays in the order of the flat vector, those that count. */
    public ImmutableList<ParameterArray> arrays() {
        return arrays;
    }

    /** Names of the layers, input first. */
    public ImmutableList<String> layers() {
        return arrays.stream().map(ParameterArray::layer).distinct().collect(ImmutableList.toImmutableList());
    }

    /** Units by layer. */
    public ImmutableList<UnitGroup> groups() {
        return groups;
    }

    /** Steps in time order. */
    public ImmutableList<AllocationStep> steps() {
        return steps;
    }

    /** Names of the data sets. */
    public ImmutableList<String> dataSets() {
        return totals.stream().map(AllocationTotals::name).collect(ImmutableList.toImmutableList());
    }

    /** Books of the run on a data set. */
    public RunBooks books(int data) {
        return RunBooks.of(steps, data);
    }

    /** Total allocation of each array; as many as {@link #arrays}. */
    public double[] arrayTotals(int data) {
        double[] sums = new double[arrays.size()];
        for (AllocationStep step : steps) {
            for (int a = 0; step.isAllocated(data) && a < sums.length; a++) {
                sums[a] += step.losses().get(data).array(a);
            }
        }
        return sums;
    }

    /** Total allocation of each layer; as many as {@link #layers}. */
    public double[] layerTotals(int data) {
        double[] sums = new double[layers().size()];
        double[] byArray = arrayTotals(data);
        for (int a = 0; a < byArray.length; a++) {
            sums[layers().indexOf(arrays.get(a).layer())] += byArray[a];
        }
        return sums;
    }

    /** Total allocation of each unit; as many as all {@link #groups} together have. */
    public double[] unitTotals(int data) {
        return totals.get(data).units();
    }

    /**
     * Total allocation of each parameter, in the order of the network's flat vector; 0 where the mask does not count.
     * Summed in the network's precision.
     */
    public double[] parameterTotals(int data) {
        return totals.get(data).parameters().sums();
    }

    /**
     * Steps in which each parameter helped, in the order of the flat vector; empty without counts. Counts end with step
     * 65,535 if there is no memory for larger ones; the note of the next step says so.
     */
    public int[] stepsHelped(int data) {
        return totals.get(data).parameters().stepsHelped();
    }

    /** Steps in which each parameter hurt, as in {@link #stepsHelped}. */
    public int[] stepsHurt(int data) {
        return totals.get(data).parameters().stepsHurt();
    }

    /** Steps that {@link #stepsHelped} and {@link #stepsHurt} are out of. */
    int countedSteps(int data) {
        return totals.get(data).parameters().countedSteps();
    }

    /** Whether the steps of each parameter were counted. */
    boolean isCounted() {
        return totals.stream().anyMatch(data -> data.parameters().isCounted());
    }

    /** Total allocation of each parameter to the loss of one class, 0-based in the order of {@link AllocationStep#classes}. */
    public double[] parameterTotalsOfClass(int index) {
        return classTotals.get(index).sums();
    }

    /** Allocation of each layer in each step, {@code [layer][step]}; NaN in gaps. */
    public double[][] layerSeries(int data) {
        ImmutableList<String> layers = layers();
        int[] layerOf =
                arrays.stream().mapToInt(array -> layers.indexOf(array.layer())).toArray();
        double[][] series = new double[layers.size()][steps.size()];
        for (int t = 0; t < steps.size(); t++) {
            boolean allocated = steps.get(t).isAllocated(data);
            for (double[] layer : series) {
                layer[t] = allocated ? 0 : Double.NaN;
            }
            for (int a = 0; allocated && a < layerOf.length; a++) {
                series[layerOf[a]][t] += steps.get(t).losses().get(data).array(a);
            }
        }
        return series;
    }

    /** Updates at the beginning of the first step and at the end of each. */
    public double[] updates() {
        return IntStream.rangeClosed(0, steps.size())
                .mapToDouble(t -> t == 0 ? firstUpdate() : steps.get(t - 1).updatesAfter())
                .toArray();
    }

    private int firstUpdate() {
        return steps.isEmpty() ? 0 : steps.get(0).updatesBefore();
    }

    /** True loss at {@link #updates}; NaN where it is not known. */
    public double[] trueLoss(int data) {
        double[] loss = new double[steps.size() + 1];
        for (int t = 0; t <= steps.size(); t++) {
            AllocationStep step = steps.isEmpty() ? null : steps.get(Math.max(0, t - 1));
            loss[t] = step == null || step.losses().isEmpty()
                    ? Double.NaN
                    : t == 0
                            ? step.losses().get(data).lossBefore()
                            : step.losses().get(data).lossAfter();
        }
        return loss;
    }

    /**
     * Loss put together from the allocations at {@link #updates}: the first loss and all allocations since; taken up again
     * at the true loss after a gap.
     */
    public double[] reconstructedLoss(int data) {
        double[] loss = trueLoss(data);
        for (int t = 1; t < loss.length; t++) {
            AllocationStep step = steps.get(t - 1);
            boolean goesOn = t == 1 || steps.get(t - 2).isAllocated(data);
            if (step.isAllocated(data)) {
                LossAllocation books = step.losses().get(data);
                loss[t] = (goesOn ? loss[t - 1] : books.lossBefore()) + books.allocated();
            }
        }
        return loss;
    }

    /** Tests, shares and advice drawn from these allocations. */
    public AllocationAnalysis analysis() {
        return new AllocationAnalysis(this);
    }

    /** Allocations of units over time, in columns of steps, on data set 0. */
    StepColumns unitColumns() {
        return unitColumns;
    }

    /** Position in the flat vector of one element of an array, by its 0-based indices. */
    public long position(ParameterArray array, long... indices) {
        long[] shape = array.shape();
        long position = 0;
        for (int d = 0; d < shape.length; d++) {
            int dimension = array.order() == 'c' ? d : shape.length - 1 - d;
            position = position * shape[dimension] + indices[dimension];
        }
        return array.offset() + position;
    }

    /** A row per step and data set: losses, books and counts. */
    public Table table() {
        return AllocationTables.steps(this);
    }

    /** A row per step, data set and layer. */
    public Table layerTable() {
        return AllocationTables.layers(this);
    }

    /** A row per parameter array: totals on each data set. */
    public Table arrayTable() {
        return AllocationTables.arrays(this);
    }

    /** A row per unit: totals on each data set. */
    public Table unitTable() {
        return AllocationTables.units(this);
    }

    /** Writes {@link #table} as RFC 4180 CSV. */
    public void writeCsv(Path file) throws IOException {
        Csv.write(table(), file);
    }

    /** Writes {@link #layerTable} as RFC 4180 CSV. */
    public void writeLayerCsv(Path file) throws IOException {
        Csv.write(layerTable(), file);
    }

    /** Writes settings, cost, books, arrays, units and steps as JSON. */
    public void writeJson(Path file) throws IOException {
        AllocationJson.write(this, file);
    }

    /** A chapter for an HTML report. */
    public ReportSection section() {
        return AllocationSection.of(this, "lca", "Loss change allocation");
    }

    /** A chapter for an HTML report with an id and a title of its own, for pages with several runs. */
    public ReportSection section(String id, String title) {
        return AllocationSection.of(this, id, title);
    }

    /** Books of each data set and totals by layer, as text for people. */
    @Override
    public String toString() {
        if (steps.stream().noneMatch(AllocationStep::isAllocated)) {
            return steps.isEmpty() ? "no step yet" : "nothing allocated: " + steps;
        }
        StringBuilder text = new StringBuilder();
        for (int data = 0; data < totals.size(); data++) {
            text.append(totals.get(data).name())
                    .append(": ")
                    .append(books(data))
                    .append('\n');
        }
        return text.append(AllocationTables.layerTotals(this, analysis().verdicts(0)))
                .toString();
    }
}
