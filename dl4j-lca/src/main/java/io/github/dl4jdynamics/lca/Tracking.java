/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.google.common.collect.ImmutableList;
import io.github.dl4jdynamics.lca.dump.AllocationDump;
import io.github.dl4jdynamics.lca.dump.DumpedArray;
import io.github.dl4jdynamics.lca.nd4j.AllocationPass;
import io.github.dl4jdynamics.lca.nd4j.AllocationSums;
import io.github.dl4jdynamics.lca.nd4j.PathSegment;
import io.github.dl4jdynamics.spectral.oracle.LossOracle;
import io.github.dl4jdynamics.spectral.oracle.ParameterArray;
import io.github.dl4jdynamics.spectral.oracle.ParameterMask;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** All that is kept to allocate the steps of one network: the private copy, the losses, the totals and the history. */
final class Tracking implements Closeable {
    private static final String COUNTS_END =
            "no memory for counts of more steps: those of the parameters end before this step";

    final HistoryRecorder history;
    final List<TrackedLoss> losses = new ArrayList<>();

    private final LossChangeAllocationBuilder settings;
    private final LossOracle oracle;
    private final ImmutableList<ParameterArray> arrays;
    private final ParameterUnits units;
    private final AllocationPass pass;
    private final SegmentIntegrator integrator;
    private final ClassLosses classes;
    private final StepDump dump;

    /** End of the step in a network with constraints; else it is read from the network. */
    private final INDArray end;

    /** Data sets, from the first on, whose allocations of the latest step are in the totals. */
    private int booked;

    Tracking(LossChangeAllocationBuilder settings, Model net) {
        this.settings = settings;
        oracle = LossOracle.builder(net)
                .batchNormalization(settings.batchNormalization)
                .regularization(settings.regularization)
                .build();
        LossDataCheck.check(settings, oracle);
        arrays = oracle.mask().counted();
        units = ParameterUnits.of(oracle.mask());
        pass = new AllocationPass(units.slices(), oracle.scratch());
        settings.losses.forEach((name, data) -> losses.add(new TrackedLoss(name, data, oracle, settings.counts)));
        integrator = new SegmentIntegrator(
                oracle, settings.rule, losses, pass, () -> new AllocationSums(arrays.size(), units.count()));
        classes = new ClassLosses(oracle, pass, arrays.size(), units.count());
        if (settings.perClass) {
            classes.addClassesOf(settings.losses.get(LossChangeAllocationBuilder.TRAIN));
        }
        end = oracle.isConstrained() ? oracle.zeros() : null;
        history = new HistoryRecorder(settings, oracle.mask(), units, losses, classes);
        dump = settings.dump == null ? StepDump.none() : StepDump.open(this::openDump);
    }

    private AllocationDump openDump() throws IOException {
        List<DumpedArray> dumped = new ArrayList<>();
        for (ParameterArray array : arrays) {
            dumped.add(DumpedArray.builder()
                    .name(array.name())
                    .layer(array.layer())
                    .key(array.key())
                    .order(array.order())
                    .shape(array.shape())
                    .build());
        }
        return AllocationDump.create(settings.dump, losses.get(0).name(), dumped);
    }

    /** Begins a path. */
    void begin(INDArray theta) {
        integrator.begin(theta);
        if (integrator.isFinite()) {
            classes.begin();
        }
    }

    boolean isFinite() {
        return integrator.isFinite();
    }

    /** Whether the loss depends on how the data are cut into batches. */
    boolean dependsOnBatches() {
        return oracle.dependsOnBatches();
    }

    /** Whether a network still has the parameter arrays that are followed. */
    boolean hasLayoutOf(Model net) {
        return oracle.mask().hasLayoutOf(ParameterMask.of(net));
    }

    /** The parameters after an update, as they will be when the framework has applied the constraints. */
    INDArray constrained(INDArray parameters, int iteration, int epoch) {
        if (end == null) {
            return parameters;
        }
        oracle.moveTo(parameters);
        oracle.applyConstraints(iteration, epoch);
        return end.assign(oracle.parameters());
    }

    boolean integrate(INDArray from, INDArray to) {
        return integrator.integrate(from, to);
    }

    /**
     * Books and allocates the segment that was integrated, and goes on to the next. The books are complete even if the
     * dump cannot be written; the step's note says so. If something else goes wrong, the history gets a step of what is
     * booked, data set by data set, and none if nothing is. A pass that fails half-way leaves the totals of the parameters
     * with that half; those of arrays, units and steps know nothing of it.
     */
    AllocationDetail allocate(INDArray from, INDArray to, AllocationStep.Draft draft) {
        draft.directions = alongBasis();
        draft.status = integrator.isBalanced() ? AllocationStep.Status.BALANCED : AllocationStep.Status.UNBALANCED;
        draft.rule = integrator.quadrature().toString();
        draft.gradients = integrator.gradients();
        List<double[]> unitSums =
                integrator.sums().stream().map(AllocationSums::units).collect(Collectors.toList());
        AllocationStep step;
        try {
            bookLosses(draft);
            bookClasses(from, to, draft);
        } finally {
            // Whatever is booked is a step of the history, also if something goes wrong on the way.
            step = new AllocationStep(draft);
            if (booked > 0) {
                history.add(step, unitSums.subList(0, booked));
            }
        }
        return new AllocationDetail(step, arrays, units.groups(), unitSums);
    }

    private void bookLosses(AllocationStep.Draft draft) {
        booked = 0;
        try {
            for (TrackedLoss loss : losses) {
                book(integrator.segments().get(booked), loss, integrator.sums().get(booked), draft);
                booked++;
            }
        } finally {
            if (booked > 0) {
                ImmutableList.Builder<LossAllocation> allocations = ImmutableList.builder();
                for (int data = 0; data < losses.size(); data++) {
                    TrackedLoss loss = losses.get(data);
                    allocations.add(
                            data < booked ? allocation(loss, integrator.sums().get(data)) : unallocated(loss));
                }
                draft.losses = allocations.build();
                draft.note = Stream.of(draft.note, dump.takeNote())
                        .filter(note -> !note.isEmpty())
                        .collect(Collectors.joining("; "));
                integrator.advance(booked);
            }
        }
    }

    private static LossAllocation unallocated(TrackedLoss loss) {
        return LossAllocation.unallocated(loss.name(), loss.loss(), loss.lossAtEnd());
    }

    private static LossAllocation allocation(TrackedLoss loss, AllocationSums sums) {
        return new LossAllocation(
                loss.name(), loss.loss(), loss.lossAtEnd(), sums.total(), sums.arrays(), sums.helped(), sums.hurt());
    }

    private void bookClasses(INDArray from, INDArray to, AllocationStep.Draft draft) {
        try {
            classes.allocate(from, to, integrator.quadrature(), losses.get(0).end());
        } finally {
            draft.classes = classes.allocations();
        }
    }

    private void book(PathSegment segment, TrackedLoss loss, AllocationSums sums, AllocationStep.Draft draft) {
        boolean counting = !loss.totals().isCountingEnded();
        if (loss == losses.get(0) && dump.isWanted()) {
            dump.begin(draft, integrator.books().get(0));
            pass.book(segment, sums, loss.totals(), (n, values) -> dump.values(values, n));
            dump.end();
        } else {
            pass.book(segment, sums, loss.totals());
        }
        if (counting && loss.totals().isCountingEnded()) {
            draft.note = COUNTS_END;
        }
    }

    /** Shows a step to whoever asked for it; throws what went wrong there, or with failFast in writing the dump. */
    void report(AllocationDetail detail) {
        if (settings.failFast) {
            dump.throwFailure();
        }
        settings.consumer.accept(detail);
    }

    private double[] alongBasis() {
        double[] allocations = new double[settings.basis == null ? 0 : (int) settings.basis.size(0)];
        PathSegment segment = integrator.segments().get(0);
        for (int b = 0; b < allocations.length; b++) {
            INDArray direction = settings.basis.get(NDArrayIndex.point(b), NDArrayIndex.all());
            allocations[b] = pass.alongDirection(segment, direction);
        }
        return allocations;
    }

    /** Books of a segment that could not be integrated. */
    ImmutableList<LossAllocation> unallocated() {
        ImmutableList.Builder<LossAllocation> books = ImmutableList.builder();
        losses.forEach(loss -> books.add(unallocated(loss)));
        return books.build();
    }

    /** What kept the latest segment from being integrated: the first loss that is no number, else the first such gradient. */
    String whatIsNotFinite() {
        boolean begun = isFinite(); // of a path that could not begin, no end is known
        for (TrackedLoss loss : losses) {
            double value = begun ? loss.lossAtEnd() : loss.loss();
            if (!Double.isFinite(value)) {
                return "the loss of data set '" + loss.name() + "' is " + value;
            }
        }
        int data = 0;
        while (integrator.books().get(data).isFinite()) {
            data++;
        }
        return "the gradient of data set '" + losses.get(data).name() + "' is not finite";
    }

    @Override
    public void close() throws IOException {
        dump.close();
    }
}
